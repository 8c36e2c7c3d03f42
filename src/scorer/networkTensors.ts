import type * as tfTypes from "@tensorflow/tfjs-core";
import { N_CONTEXT } from "./contextFeatures.js";
import { foldStandardisation, N_INPUTS, type Standardisation } from "./gateNetwork.js";
import { N_SIGNALS } from "./gates.js";

/**
 * The network's weights on a backend. The standardisation is folded into the first layer, and the layer is cut by kind
 * of input, so that answers and context go up as they are and the flags are made there: to build x̂ row by row would
 * cost as much as all the rest.
 */
export interface NetworkTensors {
  readonly ofValue: tfTypes.Tensor2D; // (nSignals × nHidden)
  readonly ofFlag: tfTypes.Tensor2D; // (nSignals × nHidden)
  readonly ofContext: tfTypes.Tensor2D; // (nContext × nHidden)
  readonly b1: tfTypes.Tensor1D;
  readonly w2: tfTypes.Tensor2D; // (nHidden × nSignals)
  readonly b2: tfTypes.Tensor1D;
}

/** Inputs of many rows. */
export interface InputTensors {
  readonly value: tfTypes.Tensor2D; // (nRows × nSignals)
  readonly flag: tfTypes.Tensor2D; // (nRows × nSignals)
  readonly context: tfTypes.Tensor2D; // (nRows × nContext)
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
  const scaled = Float32Array.from(folded.w1);
  const rows = (from: number, to: number) =>
    tf.tensor2d(scaled.subarray(from * nHidden, to * nHidden), [to - from, nHidden]);
  return {
    ofValue: rows(0, N_SIGNALS),
    ofFlag: rows(N_SIGNALS, 2 * N_SIGNALS),
    ofContext: rows(2 * N_SIGNALS, N_INPUTS),
    b1: tf.tensor1d(Float32Array.from(folded.b1)),
    w2: tf.tensor2d(Float32Array.from(w2), [nHidden, N_SIGNALS]),
    b2: tf.tensor1d(Float32Array.from(b2)),
  };
}

export function uploadInputs(tf: typeof tfTypes, values: Float32Array, contexts: Float32Array): InputTensors {
  const nRows = values.length / N_SIGNALS;
  const value = tf.tensor2d(values, [nRows, N_SIGNALS]);
  return { value, flag: tf.step(value), context: tf.tensor2d(contexts, [nRows, N_CONTEXT]) };
}

/** relu(W₁ᵀ x̂ + b₁). Plain 2-D products: the transposing ones are several times slower on WebAssembly. */
export function hiddenLayer(
  tf: typeof tfTypes,
  { ofValue, ofFlag, ofContext, b1 }: NetworkTensors,
  { value, flag, context }: InputTensors,
): tfTypes.Tensor2D {
  const fromValue = tf.fused.matMul({ a: value, b: ofValue, bias: b1 });
  const fromAnswers = tf.add(fromValue, tf.matMul(flag, ofFlag));
  return tf.relu(tf.add(fromAnswers, tf.matMul(context, ofContext))) as tfTypes.Tensor2D; // (nRows × nHidden)
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
