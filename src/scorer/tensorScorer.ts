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
  const gate = new Float32Array(nLists * N_SIGNALS);
  for (let list = 0; list < nLists; list++) gate.set(gates.byPlacement[batch.placement[list]], list * N_SIGNALS);
  const longest = longestList(batch);
  if (longest === 0) return { gate, score: new Float32Array(0) };
  const scores = tf.tidy(() => {
    const value = tf.tensor3d(padded(batch, longest), [nLists, longest, N_SIGNALS]);
    const weighted = tf.mul(tf.tensor3d(gate, [nLists, 1, N_SIGNALS]), tf.tensor1d(Float32Array.from(weight)));
    return tf.sum(tf.mul(value, weighted), 2); // (nLists × longest)
  });
  const score = scores.dataSync() as Float32Array;
  scores.dispose();
  return { gate, score: unpadded(score, batch, longest) };
}

function longestList({ start }: ScoreBatch): number {
  let longest = 0;
  for (let l = 1; l < start.length; l++) longest = Math.max(longest, start[l] - start[l - 1]);
  return longest;
}

/**
 * Lists made equally long: a broadcast over whole lists costs a quarter of gathering a row of gates per candidate.
 */
function padded({ start, value }: ScoreBatch, longest: number): Float32Array {
  const nLists = start.length - 1;
  if (value.length === nLists * longest * N_SIGNALS) return value;
  const padded = new Float32Array(nLists * longest * N_SIGNALS);
  for (let l = 0; l < nLists; l++) {
    padded.set(value.subarray(start[l] * N_SIGNALS, start[l + 1] * N_SIGNALS), l * longest * N_SIGNALS);
  }
  return padded;
}

function unpadded(score: Float32Array, { start }: ScoreBatch, longest: number): Float32Array {
  const nLists = start.length - 1;
  if (score.length === start[nLists]) return score;
  const flat = new Float32Array(start[nLists]);
  for (let l = 0; l < nLists; l++)
    flat.set(score.subarray(l * longest, l * longest + start[l + 1] - start[l]), start[l]);
  return flat;
}
