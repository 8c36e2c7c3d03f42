import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { TensorBackend } from "../scorer/backend.js";
import type { FittedGates } from "../scorer/fitGates.js";
import { type GateLists, listsWithTarget, withinRows } from "../scorer/gateLists.js";
import { type GateTrial, leadsBy, ndcgPerList, trialOf } from "../scorer/gateTrial.js";

const TREND_SIGNALS: ReadonlySet<SignalName> = new Set<SignalName>(["trending", "categoryTrend", "segmentTrend"]);
/** How much louder the trend may become. */
const FACTORS = [1, 2, 4, 8, 16] as const;
/** Rows of the slice's lists that are judged again: enough to see what a factor costs there. */
const MAX_SLICE_ROWS = 300_000;

/**
 * Say how loud the trend should be. Gates learned from each shopper's last choice hear too little of it: what a shopper
 * did a minute ago decides that choice, and what the shop sells now was not yet known when most of them were made.
 * Lists at one moment for all shoppers who came back later say what a list a day or a month later needs; they are too
 * few to learn gates from, but enough for one number: the one that serves both kinds of lists best together, each right
 * answer with one voice in the logarithm of quality. It stays 1 unless it clearly helps those who came back.
 *
 * @param lists slice: what the gates were learned from; newest: of shoppers who came back after the moment up to which
 * signals were fitted
 */
export function calibrateTrend(
  lists: { readonly slice: GateLists; readonly newest: GateLists },
  gates: FittedGates,
  backend: TensorBackend,
): { readonly gates: FittedGates; readonly tried: { readonly name: string; readonly ndcg: number }[] } {
  const candidates = FACTORS.map((factor) => louder(gates, factor));
  const judge = (name: string, of: GateLists, maxRows: number) => {
    const chosen = withinRows(listsWithTarget(of), of.start, maxRows);
    return candidates.map((candidate, c) =>
      trialOf(`trend ×${FACTORS[c]}, ${name}`, 0, ndcgPerList(of, chosen, candidate, backend)),
    );
  };
  const newest = judge("who came back", lists.newest, Number.POSITIVE_INFINITY);
  const slice = judge("slice", lists.slice, MAX_SLICE_ROWS);
  const nNewest = countAnswers(lists.newest);
  const nSlice = countAnswers(lists.slice);
  const together = (c: number) => nNewest * Math.log(newest[c].ndcg) + nSlice * Math.log(slice[c].ndcg);
  let best = 0;
  for (let c = 1; c < FACTORS.length; c++) if (together(c) > together(best)) best = c;
  const chosen = best > 0 && leadsBy(1, newest[best], newest[0]) ? best : 0;
  return { gates: candidates[chosen], tried: [...newest, ...slice].map(toTried) };
}

function countAnswers({ target }: GateLists): number {
  return target.reduce((sum, relevance) => sum + (relevance > 0 ? 1 : 0), 0);
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
