import type { ComparisonKind, ModelComparison } from "../domain/modelComparison.js";

const AGAINST: Record<ComparisonKind, string> = {
  "newer events": "as it serves, on events newer than its own",
  "recipe refitted": "its parameters and gates on the same data",
  "no model": "the first model of this shop",
  "unreadable model": "the active model cannot be read",
  "nothing held out": "no shopper has two choices to compare by",
};

/** Lines for the terminal: what became of a trained model and the numbers that decided. */
export function describeComparison(version: number, comparison: ModelComparison): string[] {
  const { kind, candidate, served, popularity, nLists, requiredRatio, isAccepted } = comparison;
  const lists = `${nLists.toLocaleString("en")} held-out lists`;
  const own = candidate === null ? "" : `, NDCG@20 ${candidate.ndcg.toFixed(4)} on ${lists}`;
  if (served === null) return [`version ${version} accepted: ${AGAINST[kind]}${own}`, ...popularityLines(comparison)];
  const verdict = isAccepted ? "accepted" : `REFUSED, version ${served.version} stays active`;
  const against = `version ${served.version} has ${served.ndcg.toFixed(4)} (${AGAINST[kind]})`;
  const required = `at least ${(served.ndcg * requiredRatio).toFixed(4)} is required`;
  const popular = popularity === null ? "" : `; most popular products ${popularity.ndcg.toFixed(4)}`;
  return [`version ${version} ${verdict}${own}; ${against}; ${required}${popular}`, ...popularityLines(comparison)];
}

function popularityLines({ losesToPopularity, candidate, popularity }: ModelComparison): string[] {
  if (!losesToPopularity || candidate === null || popularity === null) return [];
  const numbers = `NDCG@20 ${candidate.ndcg.toFixed(4)} against ${popularity.ndcg.toFixed(4)}`;
  return [`WARNING: the new model is worse than showing everybody the most popular products (${numbers})`];
}
