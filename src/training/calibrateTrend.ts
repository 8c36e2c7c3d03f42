import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { TensorBackend } from "../scorer/backend.js";
import type { FittedGates } from "../scorer/fitGates.js";
import { type GateLists, listsWithTarget } from "../scorer/gateLists.js";
import { type GateTrial, leadsBy, ndcgPerList, trialOf } from "../scorer/gateTrial.js";

const TREND_SIGNALS: ReadonlySet<SignalName> = new Set<SignalName>(["trending", "categoryTrend", "segmentTrend"]);
/** How much louder the trend may become. */
const FACTORS = [1, 2, 4, 8, 16] as const;

/** The slice may lose so many times, in proportion, what shoppers who came back gain. */
const MOST_LOSS = 3;
/** Lists of the slice that are asked: enough to tell a percent. */
const MAX_LISTS = 1000;

/**
 * Say how loud the trend should be. Gates learned from each shopper's last choice hear too little of it: what a shopper
 * did a minute ago decides that choice, and what the shop sells now was not yet known when most of them were made.
 * Lists at one moment for all shoppers who came back later say what a list a day or a month later needs; they are too
 * few to learn gates from, but enough for one number: the smallest factor that the best one does not lead by a standard
 * error. A factor is out where the slice loses far more than these lists gain: what was asked at other times counts, too.
 *
 * @param returned lists of shoppers who came back after the moment up to which signals were fitted
 * @param slice the lists that the gates were learned from
 */
export function calibrateTrend(
  returned: GateLists,
  slice: GateLists,
  gates: FittedGates,
  backend: TensorBackend,
): { readonly gates: FittedGates; readonly tried: readonly TrendTrial[] } {
  const asked = listsWithTarget(returned);
  if (asked.length === 0) return { gates, tried: [] };
  const askedSlice = listsWithTarget(slice).subarray(0, MAX_LISTS);
  const trials = FACTORS.map((factor) => {
    const candidate = louder(gates, factor);
    const own = trialOf(`trend ×${factor}`, 0, ndcgPerList(returned, asked, candidate, backend));
    const ofSlice = trialOf(own.name, 0, ndcgPerList(slice, askedSlice, candidate, backend));
    return { own, ofSlice, candidate };
  });
  const [present] = trials;
  const allowed = trials.filter(
    ({ own, ofSlice }) => relativeGain(own, present.own) * MOST_LOSS >= -relativeGain(ofSlice, present.ofSlice),
  );
  const best = allowed.reduce((leader, trial) => (trial.own.ndcg > leader.own.ndcg ? trial : leader), present);
  const chosen = allowed.find(({ own }) => own === best.own || !leadsBy(1, best.own, own)) ?? present;
  const tried = trials.map(({ own, ofSlice }) => ({ name: own.name, ndcg: own.ndcg, ndcgOfSlice: ofSlice.ndcg }));
  return { gates: chosen.candidate, tried };
}

function relativeGain(trial: GateTrial, base: GateTrial): number {
  return base.ndcg > 0 ? Math.log(trial.ndcg / base.ndcg) : 0;
}

/** NDCG@20 with a factor, of shoppers who came back and of the slice. */
export interface TrendTrial {
  readonly name: string;
  readonly ndcg: number;
  readonly ndcgOfSlice: number;
}

function louder(gates: FittedGates, factor: number): FittedGates {
  if (factor === 1) return gates;
  const scale = SIGNAL_NAMES.map((name) => (TREND_SIGNALS.has(name) ? factor : 1));
  const constant = gates.constant.map((gate, s) => gate * scale[s]);
  return { ...gates, constant, network: gates.network === null ? null : { ...gates.network, scale } };
}
