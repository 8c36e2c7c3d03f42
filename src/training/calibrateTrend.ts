import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { TensorBackend } from "../scorer/backend.js";
import type { FittedGates } from "../scorer/fitGates.js";
import { type GateLists, listsWithTarget } from "../scorer/gateLists.js";
import { type GateTrial, leadsBy, ndcgPerList, trialOf } from "../scorer/gateTrial.js";

const TREND_SIGNALS: ReadonlySet<SignalName> = new Set<SignalName>(["trending", "categoryTrend", "segmentTrend"]);
/** How much louder the trend may become. */
const FACTORS = [1, 2, 4, 8, 16] as const;

/**
 * Say how loud the trend should be. Gates learned from each shopper's last choice hear too little of it: what a shopper
 * did a minute ago decides that choice, and what the shop sells now was not yet known when most of them were made.
 * Lists at one moment for all shoppers who came back later say what a list a day or a month later needs; they are too
 * few to learn gates from, but enough for one number: the smallest factor that the best one does not lead by a standard
 * error.
 *
 * @param lists of shoppers who came back after the moment up to which signals were fitted
 */
export function calibrateTrend(
  lists: GateLists,
  gates: FittedGates,
  backend: TensorBackend,
): { readonly gates: FittedGates; readonly tried: { readonly name: string; readonly ndcg: number }[] } {
  const answerable = listsWithTarget(lists);
  const candidates = FACTORS.map((factor) => louder(gates, factor));
  const trials = candidates.map((candidate, c) =>
    trialOf(`trend ×${FACTORS[c]}`, 0, ndcgPerList(lists, answerable, candidate, backend)),
  );
  const best = trials.reduce((leader, trial) => (trial.ndcg > leader.ndcg ? trial : leader));
  const chosen = trials.findIndex((trial) => trial === best || !leadsBy(1, best, trial));
  return { gates: candidates[Math.max(0, chosen)], tried: trials.map(toTried) };
}

function toTried({ name, ndcg }: GateTrial) {
  return { name, ndcg };
}

function louder(gates: FittedGates, factor: number): FittedGates {
  if (factor === 1) return gates;
  const scale = SIGNAL_NAMES.map((name) => (TREND_SIGNALS.has(name) ? factor : 1));
  const constant = gates.constant.map((gate, s) => gate * scale[s]);
  return { ...gates, constant, network: gates.network === null ? null : { ...gates.network, scale } };
}
