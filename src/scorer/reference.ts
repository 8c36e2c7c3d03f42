import { N_CONTEXT } from "./contextFeatures.js";
import { type GateNetwork, N_INPUTS, softplus } from "./gateNetwork.js";
import { type GateParameters, N_SIGNALS, networkOf } from "./gates.js";
import type { BatchScores, ScoreBatch, Scorer } from "./scorer.js";

/** The gates of any row of a batch; rows with constant gates share theirs, so nobody may write into them. */
export type GatesOfRow = (batch: ScoreBatch, row: number) => Float32Array;

/** The plain statement of the score, in float64: the specification that every backend must agree with. */
export function scoreByReference(gates: GateParameters, batch: ScoreBatch, weight: Float64Array): BatchScores {
  const gatesOfRow = referenceGates(gates);
  const score = new Float32Array(batch.start[batch.placement.length]);
  for (let row = 0; row < score.length; row++) {
    score[row] = sumTerms(batch.value, row * N_SIGNALS, gatesOfRow(batch, row), weight);
  }
  return { score, gatesOf: (row) => gatesOfRow(batch, row) };
}

/** The plain statement of the gates, in float64, rounded once. */
export function referenceGates(gates: GateParameters): GatesOfRow {
  const constant = Object.fromEntries(
    Object.entries(gates.byPlacement).map(([placement, row]) => [placement, Float32Array.from(row)]),
  );
  const ofNetwork = gates.network === null ? null : networkGates(gates.network);
  return (batch, row) => {
    const placement = batch.placement[listOfRow(batch.start, row)];
    if (ofNetwork !== null && networkOf(gates, placement) !== null) return ofNetwork(batch, row);
    return constant[placement];
  };
}

/** g(x) of one candidate. Cost: nInputs · nHidden + nHidden · nSignals multiplications. */
function networkGates(network: GateNetwork): GatesOfRow {
  const { mean, deviation, w1, b1, w2, b2, scale } = asFloat64(network);
  const x = new Float64Array(N_INPUTS);
  const hidden = new Float64Array(b1.length);
  const sum = new Float64Array(N_SIGNALS);
  return ({ value, context }, row) => {
    for (let s = 0; s < N_SIGNALS; s++) {
      x[s] = value[row * N_SIGNALS + s];
      x[N_SIGNALS + s] = x[s] > 0 ? 1 : 0;
    }
    for (let c = 0; c < N_CONTEXT; c++) x[2 * N_SIGNALS + c] = context[row * N_CONTEXT + c];
    hidden.set(b1);
    for (let i = 0; i < N_INPUTS; i++) {
      const standardised = (x[i] - mean[i]) / deviation[i];
      for (let h = 0; h < hidden.length; h++) hidden[h] += standardised * w1[i * hidden.length + h];
    }
    sum.set(b2);
    for (let h = 0; h < hidden.length; h++) {
      const active = Math.max(0, hidden[h]);
      for (let s = 0; s < N_SIGNALS; s++) sum[s] += active * w2[h * N_SIGNALS + s];
    }
    const gate = new Float32Array(N_SIGNALS);
    for (let s = 0; s < N_SIGNALS; s++) gate[s] = scale[s] * softplus(sum[s]);
    return gate;
  };
}

function asFloat64({ mean, deviation, w1, b1, w2, b2, scale }: GateNetwork) {
  const typed = (numbers: readonly number[]) => Float64Array.from(numbers);
  return {
    mean: typed(mean),
    deviation: typed(deviation),
    w1: typed(w1),
    b1: typed(b1),
    w2: typed(w2),
    b2: typed(b2),
    scale: typed(scale),
  };
}

/** The list that holds a row: the last that starts at or before it, since empty lists share their start with the next. */
function listOfRow(start: Int32Array, row: number): number {
  let low = 0;
  let high = start.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (start[middle] <= row) low = middle;
    else high = middle;
  }
  return low;
}

/** The left-to-right float64 sum of one row's terms: by definition the score that is returned. */
export function sumTerms(value: Float32Array, offset: number, gate: Float32Array, weight: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < N_SIGNALS; s++) sum += weight[s] * gate[s] * value[offset + s];
  return sum;
}

export function createReferenceScorer(gates: GateParameters): Scorer {
  return {
    backendName: "reference",
    score: (batch, weight) => scoreByReference(gates, batch, weight),
    dispose: () => {},
  };
}
