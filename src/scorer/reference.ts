import { type GateParameters, N_SIGNALS } from "./gates.js";
import type { BatchScores, ScoreBatch, Scorer } from "./scorer.js";

/** The plain statement of the score, in float64: the specification that every backend must agree with. */
export function scoreByReference(gates: GateParameters, batch: ScoreBatch, weight: Float64Array): BatchScores {
  const nLists = batch.placement.length;
  const gate = new Float32Array(nLists * N_SIGNALS);
  const score = new Float32Array(batch.start[nLists]);
  for (let list = 0; list < nLists; list++) {
    gate.set(gates.byPlacement[batch.placement[list]], list * N_SIGNALS);
    for (let row = batch.start[list]; row < batch.start[list + 1]; row++) {
      score[row] = sumTerms(batch.value, row * N_SIGNALS, gate, list * N_SIGNALS, weight);
    }
  }
  return { gate, score };
}

/** The left-to-right float64 sum of one row's terms: by definition the score that is returned. */
export function sumTerms(
  value: Float32Array,
  valueOffset: number,
  gate: Float32Array,
  gateOffset: number,
  weight: Float64Array,
): number {
  let sum = 0;
  for (let s = 0; s < N_SIGNALS; s++) sum += weight[s] * gate[gateOffset + s] * value[valueOffset + s];
  return sum;
}

export function createReferenceScorer(gates: GateParameters): Scorer {
  return { backendName: "reference", score: (batch, weight) => scoreByReference(gates, batch, weight) };
}
