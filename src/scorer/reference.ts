import type { Placement } from "../domain/recommendation.js";
import { type GateNetwork, N_INPUTS, softplus, writeInputs } from "./gateNetwork.js";
import { type GateParameters, N_SIGNALS, networkOf } from "./gates.js";
import type { BatchScores, ScoreBatch, Scorer } from "./scorer.js";

/** The plain statement of the score, in float64: the specification that every backend must agree with. */
export function scoreByReference(gates: GateParameters, batch: ScoreBatch, weight: Float64Array): BatchScores {
  const nLists = batch.placement.length;
  const score = new Float32Array(batch.start[nLists]);
  for (let list = 0; list < nLists; list++) {
    for (let row = batch.start[list]; row < batch.start[list + 1]; row++) {
      score[row] = sumTerms(batch.value, row * N_SIGNALS, gatesOfRow(gates, batch.placement[list], batch, row), weight);
    }
  }
  return { score, gatesOf: gatesByReference(gates, batch) };
}

/** The gates of any row of a batch, in float64 rounded once. */
export function gatesByReference(gates: GateParameters, batch: ScoreBatch): BatchScores["gatesOf"] {
  return (row) => gatesOfRow(gates, batch.placement[listOfRow(batch.start, row)], batch, row);
}

function gatesOfRow(gates: GateParameters, placement: Placement, batch: ScoreBatch, row: number): Float32Array {
  const network = networkOf(gates, placement);
  return network === null ? Float32Array.from(gates.byPlacement[placement]) : networkGates(network, batch, row);
}

/** g(x) of one candidate. Cost: nInputs · nHidden + nHidden · nSignals multiplications. */
function networkGates({ w1, b1, w2, b2, ...standardisation }: GateNetwork, batch: ScoreBatch, row: number) {
  const x = new Float64Array(N_INPUTS);
  writeInputs(standardisation, batch.value, batch.context, row, row + 1, x);
  const hidden = Float64Array.from(b1);
  for (let i = 0; i < N_INPUTS; i++) {
    for (let h = 0; h < hidden.length; h++) hidden[h] += x[i] * w1[i * hidden.length + h];
  }
  const sum = Float64Array.from(b2);
  for (let h = 0; h < hidden.length; h++) {
    const active = Math.max(0, hidden[h]);
    for (let s = 0; s < N_SIGNALS; s++) sum[s] += active * w2[h * N_SIGNALS + s];
  }
  return Float32Array.from(sum, softplus);
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
