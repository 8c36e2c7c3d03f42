/**
 * After j comes i: transitions inside the histories of shoppers, nearer ones more, popular ends less.
 *
 *   T[j, i] = Σ over steps j, then i of one shopper of e^(−(gap − 1)/d)        gap ≤ window
 *   M[j, i] = (T[j, i] + r·T[i, j]) · (pop(j) + 1)^−s · (pop(i) + 1)^−t
 *
 * What one shopper did at the same instant has no order among itself: each of it follows each other at gap 1, and the gap
 * to another instant counts the steps in between, wherever inside their instants two steps happen to stand. pop counts
 * steps. Rows keep their values: the source's damping is what lets a rare product of a profile speak louder.
 * Two horizons are fitted: what a history leads to, and what the last step or two lead to.
 * Source: sequential rules with distance decay (Ludewig & Jannach, UMUAI 2018), popularity damping by measurement.
 * Cost: at most 2·(window + 2·MAX_AT_ONCE) additions a step, so a long history costs by its length; k entries a product.
 */
import type { SignalName } from "../domain/setting.js";
import { independentRows } from "./fitRows.js";
import type { Scaling } from "./rescale.js";
import type { MatrixFit, MatrixSignal, Parameters, RowKernel, SignalInput } from "./signal.js";
import { type Steps, stepsOf } from "./steps.js";
import { TREND_PARAMETERS, trendChange, trendFactor } from "./trendRatio.js";

/** With fewer steps that follow another there is no order to learn from. */
const MIN_ORDERED_PAIRS = 20;

export const sequence = sequenceSignal("sequence", {
  pairDecay: 4,
  window: 30,
  reversed: 0.3,
  sourceDamping: 0.4,
  targetDamping: 0.1,
  k: 200,
  horizon: 3,
  trendHalfLifeDays: 14,
  trendExponent: 0,
});

export const sequenceShort = sequenceSignal("sequenceShort", {
  pairDecay: 1,
  window: 10,
  reversed: 0,
  sourceDamping: 0.5,
  targetDamping: 0.1,
  k: 100,
  horizon: 0.7,
  trendHalfLifeDays: 14,
  trendExponent: 0,
});

function sequenceSignal(name: SignalName, defaults: Parameters): MatrixSignal {
  return { name, defaults, scaled: ["sourceDamping", "targetDamping", ...TREND_PARAMETERS], scaling, prepare };
}

function scaling(input: SignalInput, from: Parameters, to: Parameters): Scaling {
  const popularity = stepsPerProduct(stepsOf(input.log), input.log.nProducts);
  return {
    row: popularity.map((nSteps) => (nSteps + 1) ** (from.sourceDamping - to.sourceDamping)),
    column: popularity.map((nSteps) => (nSteps + 1) ** (from.targetDamping - to.targetDamping)),
    isNormalised: false,
    trend: trendChange(input, from, to),
  };
}

function stepsPerProduct({ positionStart }: Steps, nProducts: number): Float64Array {
  return Float64Array.from({ length: nProducts }, (_, p) => positionStart[p + 1] - positionStart[p]);
}

function prepare(input: SignalInput, parameters: Parameters): MatrixFit | null {
  const { log } = input;
  const { pairDecay, window, reversed, sourceDamping, targetDamping } = parameters;
  const steps = stepsOf(log);
  if (steps.nOrderedPairs < MIN_ORDERED_PAIRS) return null;
  const { product, first, last, shopperStart, shopperEnd, positionStart, position } = steps;
  const decay = Float64Array.from({ length: window + 1 }, (_, gap) => Math.exp(-(gap - 1) / pairDecay));
  const popularity = stepsPerProduct(steps, log.nProducts);
  const targetFactor = popularity.map((nSteps) => (nSteps + 1) ** -targetDamping);

  const kernel: RowKernel = (source, row) => {
    // Instant by instant: what happened at once stands at one gap.
    for (let n = positionStart[source]; n < positionStart[source + 1]; n++) {
      const at = position[n];
      const begin = first[at];
      const end = last[at];
      row.addAlike(product, begin, end + 1, 1 + reversed);
      const stop = shopperEnd[at];
      for (let next = end + 1; next < stop && next - end <= window; next = last[next] + 1) {
        row.addAlike(product, next, last[next] + 1, decay[next - end]);
      }
      if (reversed === 0) continue;
      const floor = shopperStart[at];
      for (let previous = begin - 1; previous >= floor && begin - previous <= window; previous = first[previous] - 1) {
        row.addAlike(product, first[previous], previous + 1, reversed * decay[begin - previous]);
      }
    }
    const sourceFactor = (popularity[source] + 1) ** -sourceDamping;
    for (let t = 0; t < row.nTouched; t++) row.sum[row.touched[t]] *= sourceFactor * targetFactor[row.touched[t]];
  };
  return independentRows(kernel, input, {
    k: parameters.k,
    targetFactor: trendFactor(input, parameters),
    keepsValues: true,
  });
}
