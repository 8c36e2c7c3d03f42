import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import { fitConstantGates } from "../scorer/fitConstantGates.js";
import { FIT_GATES_DEFAULTS } from "../scorer/fitGates.js";
import { type GateLists, listsWithTarget, withinRows } from "../scorer/gateLists.js";
import { listNdcg } from "../scorer/listNdcg.js";
import { JUDGED_PRODUCTS } from "./heldOut.js";

/** Signals that cost most of a list's time: the rows of products that others read are cheap. */
const ON_TRIAL: readonly SignalName[] = ["session", "neighbours", "latent"];
/** Share of the quality that may be given up for all that leave together: little, for a third of a list's time. */
const MOST_LOSS = 0.01;
/** Gates that are nearly right say as well who is missed. */
const LEAST_STEPS = 100;
/** Rows that are judged: enough to tell a third of a percent. */
const MAX_ROWS = 200_000;

export interface PayingSignals {
  /** Per signal. */
  readonly pays: readonly boolean[];
  /** NDCG@20 of all signals, then without one more at a time; a signal whose loss was too much stays. */
  readonly tried: readonly { readonly name: string; readonly ndcg: number }[];
}

/**
 * Which of the dear signals a shop's lists need. Signals say much the same; what the others can say for it is let go, the
 * one that is missed least first, as long as quality hardly falls. It stays in the model for the lists of product pages.
 *
 * @param needed signals that stay whatever these lists say, since they know what lists of the past cannot show
 * Cost: gates of one fit, then a handful of passes over at most MAX_ROWS rows.
 */
export function payingSignals(
  lists: GateLists,
  prior: readonly number[],
  needed: ReadonlySet<SignalName>,
): PayingSignals {
  const chosen = withinRows(listsWithTarget(lists), lists.start, MAX_ROWS);
  if (chosen.length < FEWEST_LISTS) return { pays: SIGNAL_NAMES.map(() => true), tried: [] };
  const { seed, fullDataLists } = FIT_GATES_DEFAULTS;
  const gates = fitConstantGates(lists, chosen, { prior, nEpochs: 1, leastSteps: LEAST_STEPS, seed, fullDataLists });
  const whole = meanNdcg(lists, chosen, gates);
  const least = whole * (1 - MOST_LOSS);
  const tried = [{ name: "all signals", ndcg: whole }];
  const onTrial = ON_TRIAL.filter((name) => !needed.has(name));
  const remaining = new Set(onTrial.filter((name) => gates[SIGNAL_NAMES.indexOf(name)] > 0));
  while (remaining.size > 0) {
    let best: { name: SignalName; ndcg: number } | null = null;
    for (const name of remaining) {
      const ndcg = meanNdcg(lists, chosen, without(gates, name));
      if (best === null || ndcg > best.ndcg) best = { name, ndcg };
    }
    if (best === null) break;
    tried.push({ name: `without ${best.name}`, ndcg: best.ndcg });
    if (best.ndcg < least) break;
    remaining.delete(best.name);
    gates[SIGNAL_NAMES.indexOf(best.name)] = 0;
  }
  return { pays: SIGNAL_NAMES.map((name) => !onTrial.includes(name) || remaining.has(name)), tried };
}

/** With fewer lists a third of a percent is luck. */
const FEWEST_LISTS = 200;

/** The lists as they are when the others are not asked. */
export function withoutOthers(lists: GateLists, pays: readonly boolean[]): GateLists {
  if (pays.every(Boolean)) return lists;
  const value = lists.value.map((answer, i) => (pays[i % pays.length] ? answer : 0));
  return { ...lists, value };
}

function without(gates: readonly number[], name: SignalName): number[] {
  return gates.map((gate, s) => (SIGNAL_NAMES[s] === name ? 0 : gate));
}

function meanNdcg({ start, value, target }: GateLists, chosen: Int32Array, gates: readonly number[]): number {
  const nSignals = gates.length;
  let sum = 0;
  for (const l of chosen) {
    const score = new Float32Array(start[l + 1] - start[l]);
    for (let row = start[l]; row < start[l + 1]; row++) {
      let total = 0;
      for (let s = 0; s < nSignals; s++) total += gates[s] * value[row * nSignals + s];
      score[row - start[l]] = total;
    }
    sum += listNdcg(score, target.subarray(start[l], start[l + 1]), JUDGED_PRODUCTS);
  }
  return sum / chosen.length;
}
