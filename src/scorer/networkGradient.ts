import type * as tfTypes from "@tensorflow/tfjs-core";
import type { Minibatch } from "./gateLists.js";
import { N_INPUTS, type Standardisation, writeInputs } from "./gateNetwork.js";
import { N_SIGNALS } from "./gates.js";
import { listwiseLoss } from "./listwiseLoss.js";
import { gateSums, hiddenLayer, softplusOf, uploadNetwork } from "./networkTensors.js";
import { emptyWeights, type NetworkWeights } from "./networkWeights.js";

export interface LossGradient {
  readonly loss: number;
  /** ∂loss/∂weight; overwritten by the next call. */
  readonly gradient: NetworkWeights;
}

/**
 * The loss of one minibatch and its gradient, written out by hand: automatic differentiation multiplies by transposed
 * matrices, which on WebAssembly is eight times slower than to transpose first, and would need lists of one length.
 */
export class NetworkGradient {
  private readonly gradient: NetworkWeights;
  private inputs = new Float32Array(0);

  constructor(
    private readonly tf: typeof tfTypes,
    private readonly standardisation: Standardisation,
    nHidden: number,
  ) {
    this.gradient = emptyWeights(nHidden);
  }

  /** Cost: two passes on the backend with one download between; every tensor is gone before it returns. */
  at(weights: NetworkWeights, { start, value, context, target }: Minibatch): LossGradient {
    const { tf } = this;
    const x = this.inputsOf(value, context, target.length);
    const forward = tf.tidy(() => this.forward(weights, x, value));
    const scores = forward.scores.dataSync() as Float32Array;
    const ofScore = new Float32Array(target.length);
    const loss = listwiseLoss(start, scores, target, ofScore);
    const parts = tf.tidy(() => this.backward(forward, ofScore));
    const { gradient } = this;
    [gradient.w1, gradient.b1, gradient.w2, gradient.b2].forEach((part, i) => {
      part.set(parts[i].dataSync());
    });
    tf.dispose([forward as unknown as tfTypes.TensorContainer, parts]);
    return { loss, gradient };
  }

  private inputsOf(value: Float32Array, context: Float32Array, nRows: number): Float32Array {
    if (this.inputs.length < nRows * N_INPUTS) this.inputs = new Float32Array(nRows * N_INPUTS);
    writeInputs(this.standardisation, value, context, 0, nRows, this.inputs);
    return this.inputs.subarray(0, nRows * N_INPUTS);
  }

  private forward(weights: NetworkWeights, inputs: Float32Array, values: Float32Array) {
    const { tf } = this;
    const network = uploadNetwork(tf, weights);
    const x = tf.tensor2d(inputs, [inputs.length / N_INPUTS, N_INPUTS]);
    const value = tf.tensor2d(values, [values.length / N_SIGNALS, N_SIGNALS]);
    const hidden = hiddenLayer(tf, network, x);
    const sums = gateSums(tf, network, hidden);
    const scores = tf.sum(tf.mul(softplusOf(tf, sums), value), 1);
    return { x, value, hidden, sums, w2: network.w2, scores };
  }

  private backward({ x, value, hidden, sums, w2 }: ReturnType<NetworkGradient["forward"]>, ofScore: Float32Array) {
    const { tf } = this;
    const nRows = ofScore.length;
    const ofTerm = tf.mul(value, tf.tensor2d(ofScore, [nRows, 1]));
    const ofSums = tf.mul(ofTerm, tf.sigmoid(sums)) as tfTypes.Tensor2D; // softplus' = σ
    const ofHidden = tf.mul(tf.matMul(ofSums, tf.transpose(w2)), tf.step(hidden)) as tfTypes.Tensor2D;
    const ones = tf.ones([1, nRows]) as tfTypes.Tensor2D;
    return [
      tf.matMul(tf.transpose(x) as tfTypes.Tensor2D, ofHidden), // (nInputs × nHidden)
      tf.matMul(ones, ofHidden),
      tf.matMul(tf.transpose(hidden) as tfTypes.Tensor2D, ofSums), // (nHidden × nSignals)
      tf.matMul(ones, ofSums),
    ];
  }
}
