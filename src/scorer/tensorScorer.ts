import type * as tfTypes from "@tensorflow/tfjs-core";
import type { TensorBackend } from "./backend.js";
import { N_CONTEXT } from "./contextFeatures.js";
import type { GateNetwork } from "./gateNetwork.js";
import { type GateParameters, N_SIGNALS, networkOf } from "./gates.js";
import {
  gateSums,
  hiddenLayer,
  type NetworkTensors,
  softplusOf,
  uploadInputs,
  uploadNetwork,
} from "./networkTensors.js";
import { referenceGates } from "./reference.js";
import type { ScoreBatch, Scorer } from "./scorer.js";

/**
 * The scorer on TensorFlow.js: one pass for a whole batch, whatever the number of lists, or two where some lists have
 * the network and others constant gates. Only the scores come back; the weights of the network stay on the backend
 * until `dispose`, every other tensor is gone before the call returns.
 */
export function createTensorScorer(gates: GateParameters, backend: TensorBackend): Scorer {
  const { tf } = backend;
  let kept = gates.network === null ? null : uploadNetwork(tf, gates.network, gates.network);
  const gatesOfRow = referenceGates(gates);
  return {
    backendName: backend.name,
    score(batch, weight) {
      const scores = new Float32Array(batch.start[batch.placement.length]);
      const isLearned = batch.placement.map((placement) => networkOf(gates, placement) !== null);
      for (const part of [rowsWhere(batch, isLearned, true), rowsWhere(batch, isLearned, false)]) {
        if (part.value.length === 0) continue;
        const found =
          part.isLearned && gates.network !== null
            ? scoreByNetwork(tf, gates.network, kept, part, weight)
            : scoreByConstants(tf, gates, part, weight);
        scatter(found, part, batch, scores);
      }
      return { score: scores, gatesOf: (row) => gatesOfRow(batch, row) };
    },
    dispose() {
      if (kept !== null) tf.dispose(Object.values(kept));
      kept = null;
    },
  };
}

/** The lists of a batch that have the network, or those that have not, row after row. */
interface BatchPart extends ScoreBatch {
  readonly isLearned: boolean;
  /** Index in the batch of each list. */
  readonly list: readonly number[];
}

function rowsWhere(batch: ScoreBatch, isLearned: readonly boolean[], wanted: boolean): BatchPart {
  const list = [...isLearned.keys()].filter((l) => isLearned[l] === wanted);
  if (list.length === isLearned.length) return { ...batch, isLearned: wanted, list };
  const start = new Int32Array(list.length + 1);
  list.forEach((l, i) => {
    start[i + 1] = start[i] + batch.start[l + 1] - batch.start[l];
  });
  const value = new Float32Array(start[list.length] * N_SIGNALS);
  const context = new Float32Array(start[list.length] * N_CONTEXT);
  list.forEach((l, i) => {
    value.set(batch.value.subarray(batch.start[l] * N_SIGNALS, batch.start[l + 1] * N_SIGNALS), start[i] * N_SIGNALS);
    context.set(
      batch.context.subarray(batch.start[l] * N_CONTEXT, batch.start[l + 1] * N_CONTEXT),
      start[i] * N_CONTEXT,
    );
  });
  return { isLearned: wanted, list, start, placement: list.map((l) => batch.placement[l]), value, context };
}

function scatter(found: Float32Array, part: BatchPart, batch: ScoreBatch, scores: Float32Array): void {
  part.list.forEach((l, i) => {
    scores.set(found.subarray(part.start[i], part.start[i + 1]), batch.start[l]);
  });
}

function scoreByNetwork(
  tf: typeof tfTypes,
  network: GateNetwork,
  kept: NetworkTensors | null,
  { value, context }: BatchPart,
  weight: Float64Array,
): Float32Array {
  const scores = tf.tidy(() => {
    const weights = kept ?? uploadNetwork(tf, network, network);
    const inputs = uploadInputs(tf, value, context);
    const sums = gateSums(tf, weights, hiddenLayer(tf, weights, inputs));
    const terms = tf.mul(softplusOf(tf, sums), inputs.value);
    const factor = Float32Array.from(weight, (w, signal) => w * network.scale[signal]);
    return tf.matMul(terms, tf.tensor2d(factor, [N_SIGNALS, 1])); // (nRows × 1)
  });
  return download(scores);
}

/** One product with a column of weighted gates per placement; each list then reads its own column. */
function scoreByConstants(
  tf: typeof tfTypes,
  gates: GateParameters,
  { value, start, placement }: BatchPart,
  weight: Float64Array,
): Float32Array {
  const nRows = value.length / N_SIGNALS;
  const placements = [...new Set(placement)];
  const columns = new Float32Array(N_SIGNALS * placements.length);
  placements.forEach((name, p) => {
    for (let s = 0; s < N_SIGNALS; s++) columns[s * placements.length + p] = weight[s] * gates.byPlacement[name][s];
  });
  const scores = download(
    tf.tidy(() =>
      tf.matMul(
        tf.tensor2d(value, [nRows, N_SIGNALS]),
        tf.tensor2d(columns, [N_SIGNALS, placements.length]), // (nRows × nPlacements)
      ),
    ),
  );
  if (placements.length === 1) return scores;
  const own = new Float32Array(nRows);
  placement.forEach((name, l) => {
    const p = placements.indexOf(name);
    for (let row = start[l]; row < start[l + 1]; row++) own[row] = scores[row * placements.length + p];
  });
  return own;
}

/** Read a tensor outside of any `tidy`, which would walk the numbers one by one. */
function download(tensor: tfTypes.Tensor): Float32Array {
  const values = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return values;
}
