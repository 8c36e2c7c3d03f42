import type * as tfTypes from "@tensorflow/tfjs-core";
import { N_CONTEXT } from "./contextFeatures.js";
import { foldStandardisation, N_INPUTS, type Standardisation } from "./gateNetwork.js";
import { N_SIGNALS } from "./gates.js";

/** The network's weights on a backend, the standardisation folded into the first layer. */
export interface NetworkTensors {
  readonly w1: tfTypes.Tensor2D; // (nInputs × nHidden)
  readonly b1: tfTypes.Tensor1D;
  readonly w2: tfTypes.Tensor2D; // (nHidden × nSignals)
  readonly b2: tfTypes.Tensor1D;
}

/** Inputs of many rows. */
export interface InputTensors {
  readonly value: tfTypes.Tensor2D; // (nRows × nSignals)
  /** Answers, flags and context, as the network reads them. */
  readonly all: tfTypes.Tensor2D; // (nRows × nInputs)
}

type LayerWeights = Readonly<Record<"w1" | "b1" | "w2" | "b2", ArrayLike<number>>>;

/** Upload the weights; in a `tidy` they live as long as it, outside of one until they are disposed. */
export function uploadNetwork(
  tf: typeof tfTypes,
  { w1, b1, w2, b2 }: LayerWeights,
  { mean, deviation }: Standardisation,
): NetworkTensors {
  const nHidden = b1.length;
  const folded = foldStandardisation({ w1, b1, mean, deviation });
  return {
    w1: tf.tensor2d(Float32Array.from(folded.w1), [N_INPUTS, nHidden]),
    b1: tf.tensor1d(Float32Array.from(folded.b1)),
    w2: tf.tensor2d(Float32Array.from(w2), [nHidden, N_SIGNALS]),
    b2: tf.tensor1d(Float32Array.from(b2)),
  };
}

/** Rows are laid out here, in one pass: every operation that a backend need not be asked for is a saving in short lists. */
export function uploadInputs(tf: typeof tfTypes, values: Float32Array, contexts: Float32Array): InputTensors {
  const nRows = values.length / N_SIGNALS;
  const rows = new Float32Array(nRows * N_INPUTS);
  for (let row = 0; row < nRows; row++) {
    const at = row * N_INPUTS;
    for (let s = 0; s < N_SIGNALS; s++) {
      const answer = values[row * N_SIGNALS + s];
      rows[at + s] = answer;
      rows[at + N_SIGNALS + s] = answer > 0 ? 1 : 0;
    }
    for (let c = 0; c < N_CONTEXT; c++) rows[at + 2 * N_SIGNALS + c] = contexts[row * N_CONTEXT + c];
  }
  return { value: tf.tensor2d(values, [nRows, N_SIGNALS]), all: tf.tensor2d(rows, [nRows, N_INPUTS]) };
}

/** relu(W₁ᵀ x̂ + b₁). A plain 2-D product: the transposing ones are several times slower on WebAssembly. */
export function hiddenLayer(tf: typeof tfTypes, { w1, b1 }: NetworkTensors, { all }: InputTensors): tfTypes.Tensor2D {
  return tf.fused.matMul({ a: all, b: w1, bias: b1, activation: "relu" }) as tfTypes.Tensor2D; // (nRows × nHidden)
}

/** W₂ᵀ h + b₂: the gates before their softplus. */
export function gateSums(tf: typeof tfTypes, { w2, b2 }: NetworkTensors, hidden: tfTypes.Tensor2D): tfTypes.Tensor2D {
  return tf.fused.matMul({ a: hidden, b: w2, bias: b2 }) as tfTypes.Tensor2D; // (nRows × nSignals)
}

/**
 * softplus as relu(z) − ln σ(|z|): on WebAssembly twice as fast as the kernel of that name. A nearly closed gate is off
 * by at most 6e-8, the last digit of a number just below 1.
 */
export function softplusOf(tf: typeof tfTypes, sums: tfTypes.Tensor2D): tfTypes.Tensor2D {
  return tf.sub(tf.relu(sums), tf.log(tf.sigmoid(tf.abs(sums))));
}
