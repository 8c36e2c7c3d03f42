import type * as tfTypes from "@tensorflow/tfjs-core";
import { N_INPUTS } from "./gateNetwork.js";
import { N_SIGNALS } from "./gates.js";

/** The network's weights on a backend. */
export interface NetworkTensors {
  readonly w1: tfTypes.Tensor2D; // (nInputs × nHidden)
  readonly b1: tfTypes.Tensor1D;
  readonly w2: tfTypes.Tensor2D; // (nHidden × nSignals)
  readonly b2: tfTypes.Tensor1D;
}

type Weights = Readonly<Record<keyof NetworkTensors, ArrayLike<number>>>;

/** Upload the weights; in a `tidy` they live as long as it, outside of one until they are disposed. */
export function uploadNetwork(tf: typeof tfTypes, { w1, b1, w2, b2 }: Weights): NetworkTensors {
  const nHidden = b1.length;
  return {
    w1: tf.tensor2d(Float32Array.from(w1), [N_INPUTS, nHidden]),
    b1: tf.tensor1d(Float32Array.from(b1)),
    w2: tf.tensor2d(Float32Array.from(w2), [nHidden, N_SIGNALS]),
    b2: tf.tensor1d(Float32Array.from(b2)),
  };
}

/** relu(W₁ᵀ x̂ + b₁) of many rows. Plain 2-D products: the transposing ones are several times slower on WebAssembly. */
export function hiddenLayer(tf: typeof tfTypes, { w1, b1 }: NetworkTensors, x: tfTypes.Tensor2D): tfTypes.Tensor2D {
  return tf.fused.matMul({ a: x, b: w1, bias: b1, activation: "relu" }) as tfTypes.Tensor2D; // (nRows × nHidden)
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
