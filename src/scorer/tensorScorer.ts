import type * as tfTypes from "@tensorflow/tfjs-core";
import type { TensorBackend } from "./backend.js";
import { type GateParameters, N_SIGNALS } from "./gates.js";
import type { BatchScores, ScoreBatch, Scorer } from "./scorer.js";

/**
 * The scorer on TensorFlow.js: one call for a whole batch, whatever the number of lists. Every tensor it makes is
 * disposed before it returns. Cost: two small uploads and one download a batch.
 */
export function createTensorScorer(gates: GateParameters, backend: TensorBackend): Scorer {
  return {
    backendName: backend.name,
    score: (batch, weight) => scoreOnTensors(backend.tf, gates, batch, weight),
  };
}

function scoreOnTensors(
  tf: typeof tfTypes,
  gates: GateParameters,
  batch: ScoreBatch,
  weight: Float64Array,
): BatchScores {
  const nLists = batch.placement.length;
  const nRows = batch.start[nLists];
  const gate = new Float32Array(nLists * N_SIGNALS);
  for (let list = 0; list < nLists; list++) gate.set(gates.byPlacement[batch.placement[list]], list * N_SIGNALS);
  if (nRows === 0) return { gate, score: new Float32Array(0) };
  const scores = tf.tidy(() => {
    const value = tf.tensor2d(batch.value, [nRows, N_SIGNALS]); // (nRows × nSignals)
    const weighted = tf.mul(tf.tensor2d(gate, [nLists, N_SIGNALS]), tf.tensor1d(Float32Array.from(weight))); // (nLists × nSignals)
    const perRow = tf.gather(weighted, listOfRow(batch, nRows)); // (nRows × nSignals)
    return tf.sum(tf.mul(value, perRow), 1); // (nRows)
  });
  const score = scores.dataSync() as Float32Array;
  scores.dispose();
  return { gate, score };
}

function listOfRow(batch: ScoreBatch, nRows: number): Int32Array {
  const list = new Int32Array(nRows);
  for (let l = 0; l < batch.placement.length; l++) list.fill(l, batch.start[l], batch.start[l + 1]);
  return list;
}
