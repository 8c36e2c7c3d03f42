import type * as tfTypes from "@tensorflow/tfjs-core";
import type { Minibatch } from "./gateLists.js";
import { N_INPUTS, type Standardisation } from "./gateNetwork.js";
import { listwiseLoss } from "./listwiseLoss.js";
import { gateSums, hiddenLayer, softplusOf, uploadInputs, uploadNetwork } from "./networkTensors.js";
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
    const forward = tf.tidy(() => this.forward(weights, value, context));
    const scores = forward.scores.dataSync() as Float32Array;
    const ofScore = new Float32Array(target.length);
    const loss = listwiseLoss(start, scores, target, ofScore);
    const parts = tf.tidy(() => this.backward(forward, ofScore));
    const [w1, b1, w2, b2] = parts.map((part) => part.dataSync());
    tf.dispose([forward as unknown as tfTypes.TensorContainer, parts]);
    const { gradient } = this;
    gradient.b1.set(b1);
    gradient.w2.set(w2);
    gradient.b2.set(b2);
    gradient.w1.set(w1);
    this.standardiseFirstLayer(gradient);
    return { loss, gradient };
  }

  /** x̂ = (x − mean) / deviation, and the backend has seen x. */
  private standardiseFirstLayer({ w1, b1 }: NetworkWeights): void {
    const { mean, deviation } = this.standardisation;
    for (let i = 0; i < N_INPUTS; i++) {
      for (let h = 0, at = i * b1.length; h < b1.length; h++, at++) w1[at] = (w1[at] - mean[i] * b1[h]) / deviation[i];
    }
  }

  private forward(weights: NetworkWeights, value: Float32Array, context: Float32Array) {
    const { tf } = this;
    const network = uploadNetwork(tf, weights, this.standardisation);
    const inputs = uploadInputs(tf, value, context);
    const hidden = hiddenLayer(tf, network, inputs);
    const sums = gateSums(tf, network, hidden);
    const scores = tf.sum(tf.mul(softplusOf(tf, sums), inputs.value), 1);
    return { ...inputs, hidden, sums, w2: network.w2, scores };
  }

  private backward(
    { value, all, hidden, sums, w2 }: ReturnType<NetworkGradient["forward"]>,
    ofScore: Float32Array,
  ): tfTypes.Tensor[] {
    const { tf } = this;
    const nRows = ofScore.length;
    const transposed = (tensor: tfTypes.Tensor2D) => tf.transpose(tensor) as tfTypes.Tensor2D;
    const ofTerm = tf.mul(value, tf.tensor2d(ofScore, [nRows, 1]));
    const ofSums = tf.mul(ofTerm, tf.sigmoid(sums)) as tfTypes.Tensor2D; // softplus' = σ
    const ofHidden = tf.mul(tf.matMul(ofSums, transposed(w2)), tf.step(hidden)) as tfTypes.Tensor2D;
    const ones = tf.ones([1, nRows]) as tfTypes.Tensor2D;
    return [
      tf.matMul(transposed(all), ofHidden), // (nInputs × nHidden)
      tf.matMul(ones, ofHidden),
      tf.matMul(transposed(hidden), ofSums), // (nHidden × nSignals)
      tf.matMul(ones, ofSums),
    ];
  }
}
