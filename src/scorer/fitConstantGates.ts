import { RecommenderError } from "../domain/errors.js";
import { Adam } from "./adam.js";
import { type GateLists, MinibatchReader } from "./gateLists.js";
import { N_SIGNALS } from "./gates.js";
import { listwiseLoss } from "./listwiseLoss.js";
import { seededRandom, shuffle } from "./seededRandom.js";

export interface ConstantFitOptions {
  /** Gates ≥ 0 to start from and to stay near; a signal whose gate is 0 stays out. */
  readonly prior: readonly number[];
  readonly nEpochs: number;
  readonly seed: number;
  /** Number of lists from which the data count for more than the prior. */
  readonly fullDataLists: number;
  /** So many steps are taken, however few epochs that leaves; enough for three digits unless said otherwise. */
  readonly leastSteps?: number;
}

const LISTS_PER_STEP = 64;
const LEAST_STEPS = 300;
const LEARNING_RATE = 0.03;
/** What the prior weighs, in nats per list at `fullDataLists`, when a gate moves by the factor e against the others. */
const PRIOR_STRENGTH = 0.005;

/**
 * Learn one gate per signal, the same in every context, by the listwise loss:
 *
 *   g_s = prior_s · exp(τ + δ_s)        loss + strength · fullDataLists / nLists · Σ_s δ_s²
 *
 * τ, the temperature that makes scores and softmax meet, costs nothing. The penalty is a normal prior over ln g: it
 * counts as ever less of the whole as lists come in, and gates that no list can tell about keep their proportion.
 *
 * @param chosen indices of the lists to learn from, each with a target
 * @returns float32 gates, length nSignals
 * @throws RecommenderError NOT_FINITE
 * Cost: a step is 64 lists; 2 · nSignals multiplications a row, `nEpochs` passes, at least `leastSteps` steps.
 */
export function fitConstantGates(lists: GateLists, chosen: Int32Array, options: ConstantFitOptions): number[] {
  const { prior, leastSteps = LEAST_STEPS } = options;
  const reader = new MinibatchReader(lists, LISTS_PER_STEP);
  const order = chosen.slice();
  const random = seededRandom(options.seed);
  const weights = new Float64Array(N_SIGNALS + 1); // δ, then τ
  const adam = new Adam(weights, LEARNING_RATE);
  const penalty = (PRIOR_STRENGTH * options.fullDataLists) / chosen.length;
  const gate = Float64Array.from(prior);
  const gradient = new Float64Array(N_SIGNALS + 1);
  const nEpochs = Math.max(options.nEpochs, Math.ceil((leastSteps * LISTS_PER_STEP) / order.length));
  for (let epoch = 0; epoch < nEpochs; epoch++) {
    shuffle(order, random);
    for (let from = 0; from < order.length; from += LISTS_PER_STEP) {
      const { start, value, target } = reader.read(order.subarray(from, from + LISTS_PER_STEP));
      const pull = gradientOfGates(gate, start, value, target);
      gradient[N_SIGNALS] = 0;
      for (let s = 0; s < N_SIGNALS; s++) {
        gradient[s] = pull[s] * gate[s] + 2 * penalty * weights[s];
        gradient[N_SIGNALS] += pull[s] * gate[s];
      }
      adam.descend(gradient);
      for (let s = 0; s < N_SIGNALS; s++) gate[s] = prior[s] * Math.exp(weights[N_SIGNALS] + weights[s]);
    }
  }
  return Array.from(gate, Math.fround);
}

/** ∂loss/∂g_s of one minibatch. */
function gradientOfGates(
  gate: Float64Array,
  start: Int32Array,
  value: Float32Array,
  target: Float32Array,
): Float64Array {
  const nRows = target.length;
  const score = new Float32Array(nRows);
  scoreRows(gate, value, score);
  const ofScore = new Float32Array(nRows);
  if (!Number.isFinite(listwiseLoss(start, score, target, ofScore))) {
    throw new RecommenderError("NOT_FINITE", "Cannot learn the gates: finite answers are required, the loss is not");
  }
  const ofGate = new Float64Array(N_SIGNALS);
  sumOverRows(ofScore, value, ofGate);
  return ofGate;
}

/** score = value · gate; rows by fours, so that four sums do not wait for each other. */
function scoreRows(gate: Float64Array, value: Float32Array, score: Float32Array): void {
  let row = 0;
  for (; row + 3 < score.length; row += 4) {
    const at = row * N_SIGNALS;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let s = 0; s < N_SIGNALS; s++) {
      const g = gate[s];
      sum0 += g * value[at + s];
      sum1 += g * value[at + N_SIGNALS + s];
      sum2 += g * value[at + 2 * N_SIGNALS + s];
      sum3 += g * value[at + 3 * N_SIGNALS + s];
    }
    score[row] = sum0;
    score[row + 1] = sum1;
    score[row + 2] = sum2;
    score[row + 3] = sum3;
  }
  for (; row < score.length; row++) {
    let sum = 0;
    for (let s = 0; s < N_SIGNALS; s++) sum += gate[s] * value[row * N_SIGNALS + s];
    score[row] = sum;
  }
}

/** ofGate += valueᵀ · ofScore; rows by fours, so that a sum is read and written a quarter as often. */
function sumOverRows(ofScore: Float32Array, value: Float32Array, ofGate: Float64Array): void {
  let row = 0;
  for (; row + 3 < ofScore.length; row += 4) {
    const at = row * N_SIGNALS;
    const by0 = ofScore[row];
    const by1 = ofScore[row + 1];
    const by2 = ofScore[row + 2];
    const by3 = ofScore[row + 3];
    for (let s = 0; s < N_SIGNALS; s++) {
      ofGate[s] =
        ofGate[s] +
        by0 * value[at + s] +
        by1 * value[at + N_SIGNALS + s] +
        by2 * value[at + 2 * N_SIGNALS + s] +
        by3 * value[at + 3 * N_SIGNALS + s];
    }
  }
  for (; row < ofScore.length; row++) {
    for (let s = 0; s < N_SIGNALS; s++) ofGate[s] += ofScore[row] * value[row * N_SIGNALS + s];
  }
}
