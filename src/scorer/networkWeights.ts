import { type GateNetwork, inverseSoftplus, N_INPUTS } from "./gateNetwork.js";
import { N_SIGNALS } from "./gates.js";
import { normal, seededRandom } from "./seededRandom.js";
import type { InputStatistics } from "./standardise.js";

const FIRST_LAYER_SPREAD = 0.2;
/** Small, so that training begins at the constant gates and leaves them only for a reason. */
const SECOND_LAYER_SPREAD = 0.02;

/** The weights of a network in training: one flat array, so that a step of Adam is one loop; the parts are its views. */
export interface NetworkWeights {
  readonly all: Float64Array;
  readonly w1: Float64Array; // (nInputs × nHidden)
  readonly b1: Float64Array;
  readonly w2: Float64Array; // (nHidden × nSignals)
  readonly b2: Float64Array;
}

export function emptyWeights(nHidden: number): NetworkWeights {
  const ends = [N_INPUTS * nHidden, nHidden, nHidden * N_SIGNALS, N_SIGNALS];
  const all = new Float64Array(ends.reduce((sum, length) => sum + length, 0));
  let from = 0;
  const [w1, b1, w2, b2] = ends.map((length) => {
    from += length;
    return all.subarray(from - length, from);
  });
  return { all, w1, b1, w2, b2 };
}

/**
 * The weights that training begins with: nearly the constant gates `begin`, whatever the input.
 *
 * What never varied in training has nothing to say: its weights are 0, get no gradient, and stay 0, so that it is
 * still silent when it does vary. A signal whose gate is 0 is kept out the same way.
 */
export function firstWeights(
  begin: readonly number[],
  nHidden: number,
  { isConstant }: InputStatistics,
  seed: number,
): NetworkWeights {
  const weights = emptyWeights(nHidden);
  const random = seededRandom(seed);
  for (let i = 0; i < weights.w1.length; i++) {
    const drawn = FIRST_LAYER_SPREAD * normal(random);
    weights.w1[i] = isConstant[Math.floor(i / nHidden)] ? 0 : drawn;
  }
  for (let i = 0; i < weights.w2.length; i++) {
    const s = i % N_SIGNALS;
    const drawn = SECOND_LAYER_SPREAD * normal(random);
    weights.w2[i] = begin[s] === 0 || isConstant[s] ? 0 : drawn;
  }
  weights.b2.set(begin.map(inverseSoftplus));
  return weights;
}

/** The weights as they travel in a model. */
export function toNetwork({ w1, b1, w2, b2 }: NetworkWeights, { mean, deviation }: InputStatistics): GateNetwork {
  const rounded = (values: Float64Array) => Array.from(values, Math.fround);
  const scale = new Array<number>(N_SIGNALS).fill(1);
  return { mean, deviation, w1: rounded(w1), b1: rounded(b1), w2: rounded(w2), b2: rounded(b2), scale };
}
