import { quoteSome } from "./candidates.js";
import type { Evaluation } from "./evaluate.js";
import type { RankingRow } from "./rankings.js";
import type { Ranking } from "./rankProducts.js";

/** What was measured, for a person: tables of metrics, then parameters and seconds, one line each. */
export function describeEvaluation(evaluation: Evaluation, peakMemoryBytes: number): string[] {
  return [
    describeTest(evaluation),
    ...describeUnknown(evaluation),
    ...evaluation.rankings.flatMap((ranking) => ["", ...describeRanking(ranking)]),
    "",
    ...describeParameters(evaluation),
    ...describeSettings(evaluation),
    `${"seconds".padEnd(NAME_WIDTH)} ${describeSeconds(evaluation.seconds)}`,
    `${"of training".padEnd(NAME_WIDTH)} ${describeSeconds(evaluation.trainingSeconds)}`,
    `${"memory".padEnd(NAME_WIDTH)} ${Math.round(peakMemoryBytes / 1e6)} MB at its peak`,
  ];
}

const NAME_WIDTH = 16;

const LEFT_OUT: Record<Evaluation["excluded"], string> = {
  purchased: "what a shopper purchased is left out",
  seen: "what a shopper has seen is left out",
  nothing: "nothing is left out",
};

function describeTest({ test, training, excluded }: Evaluation): string {
  const learned = `${counted(training.nInteractions, "interaction")} of ${counted(training.nShoppers, "shopper")}`;
  const rejected = test.nRejected === 0 ? "" : `, ${counted(test.nRejected, "test row")} rejected`;
  return `${counted(test.nLists, "list")} for ${test.kind}, learned from ${learned}; ${LEFT_OUT[excluded]}${rejected}`;
}

function describeUnknown({ unknownCandidates }: Evaluation): string[] {
  if (unknownCandidates.length === 0) return [];
  const found = `${grouped(unknownCandidates.length)} (${quoteSome(unknownCandidates)})`;
  return [`candidates left out, since the shop has no such product: ${found}`];
}

function describeRanking({ title, universe, rows }: Ranking): string[] {
  const names = Object.keys(rows[0].byName);
  const header = ["", ...names, "novelty", "diversity", "lists", "users", "pairs", "reach"];
  const cells = rows.map((row) => [
    `${row.group} ${row.ranker}`,
    ...names.map((name) => row.byName[name].toFixed(5)),
    ...describeLists(row),
  ]);
  const table = [header, ...cells];
  const width = header.map((_, column) => Math.max(...table.map((line) => line[column].length)));
  const lines = table.map((line) => line.map((cell, c) => (c === 0 ? cell.padEnd(width[c]) : cell.padStart(width[c]))));
  return [`Ranked: ${title} (${counted(universe, "product")})`, ...lines.map((line) => line.join("  ").trimEnd())];
}

function describeLists({ novelty, diversity, withList, users, pairs, reachable }: RankingRow): string[] {
  const measured = [novelty?.toFixed(2) ?? "–", diversity?.toFixed(4) ?? "–"];
  return [...measured, withList.toFixed(3), String(users), String(pairs), reachable.toFixed(3)];
}

function describeParameters({ training }: Evaluation): string[] {
  return Object.entries(training.signals).map(([signal, parameters]) => {
    const chosen = Object.entries(parameters).map(([name, value]) => `${name} ${Number(value.toPrecision(6))}`);
    return `${signal.padEnd(NAME_WIDTH)} ${chosen.join(", ") || "no parameters"}`;
  });
}

function describeSettings({ settings }: Evaluation): string[] {
  const changed = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return changed.length === 0 ? [] : [`${"settings".padEnd(NAME_WIDTH)} ${changed.join(", ")}`];
}

function describeSeconds(seconds: Evaluation["seconds"]): string {
  const parts = Object.entries(seconds).map(([stage, taken]) => `${stage} ${taken.toFixed(1)}`);
  const total = Object.values(seconds).reduce((sum, taken) => sum + taken, 0);
  return `${parts.join(", ")}, together ${total.toFixed(1)}`;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
