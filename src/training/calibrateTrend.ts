import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { TensorBackend } from "../scorer/backend.js";
import type { FittedGates } from "../scorer/fitGates.js";
import type { GateLists } from "../scorer/gateLists.js";
import { leadsBy, ndcgPerList, trialOf } from "../scorer/gateTrial.js";

const TREND_SIGNALS: ReadonlySet<SignalName> = new Set<SignalName>(["trending", "categoryTrend", "segmentTrend"]);
/** How much louder the trend may become. */
const FACTORS = [2, 4, 8, 16] as const;

/**
 * Say how loud the trend should be. Gates learned from each shopper's last choice hear too little of it: what a shopper
 * did a minute ago decides that choice, and what the shop sells now was not yet known when most of them were made.
 * Lists at one moment for all shoppers who came back later say what a list a day or a month later needs; they are too
 * few to learn gates from, but enough for one number. It stays 1 unless another leads by a standard error.
 *
 * @param lists of shoppers who came back after the moment up to which signals were fitted
 */
export function calibrateTrend(
  lists: GateLists,
  gates: FittedGates,
  backend: TensorBackend,
): { readonly gates: FittedGates; readonly tried: { readonly name: string; readonly ndcg: number }[] } {
  const all = Int32Array.from({ length: lists.start.length - 1 }, (_, l) => l);
  const candidates = [1, ...FACTORS].map((factor) => louder(gates, factor));
  const trials = candidates.map((candidate, c) =>
    trialOf(`trend ×${[1, ...FACTORS][c]}`, 0, ndcgPerList(lists, all, candidate, backend)),
  );
  const best = trials.reduce((leader, trial) => (trial.ndcg > leader.ndcg ? trial : leader));
  const chosen = leadsBy(1, best, trials[0]) ? trials.indexOf(best) : 0;
  return { gates: candidates[chosen], tried: trials.map(({ name, ndcg }) => ({ name, ndcg })) };
}

function louder(gates: FittedGates, factor: number): FittedGates {
  const scale = SIGNAL_NAMES.map((name) => (TREND_SIGNALS.has(name) ? factor : 1));
  const constant = gates.constant.map((gate, s) => gate * scale[s]);
  return { ...gates, constant, network: gates.network === null ? null : { ...gates.network, scale } };
}
