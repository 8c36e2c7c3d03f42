import { RecommenderError } from "../domain/errors.js";
import { Adam } from "./adam.js";
import type { TensorBackend } from "./backend.js";
import { type GateLists, MinibatchReader } from "./gateLists.js";
import type { GateNetwork } from "./gateNetwork.js";
import { NetworkGradient } from "./networkGradient.js";
import { firstWeights, type NetworkWeights, toNetwork } from "./networkWeights.js";
import { seededRandom, shuffle } from "./seededRandom.js";
import { standardise } from "./standardise.js";

export interface NetworkFitOptions {
  /** Constant gates, one per signal: the network begins with nearly these. */
  readonly begin: readonly number[];
  readonly nHidden: number;
  readonly nEpochs: number;
  readonly learningRate: number;
  readonly l2: number;
  readonly seed: number;
  /** Number of lists below which the decay more than doubles. */
  readonly fullDataLists: number;
  /** Called after every epoch, counted from 1, with the weights as they are then. */
  readonly onEpoch?: (epoch: number, snapshot: () => GateNetwork) => void;
}

export const LISTS_PER_STEP = 64;

/**
 * Learn the gating network by Adam over minibatches of lists, with the listwise loss and a decay of the layers' weights
 * (not of the biases, which are the constant gates) of l2 · (1 + fullDataLists / nLists).
 *
 * @param chosen indices of the lists to learn from, each with a target
 * @throws RecommenderError NOT_FINITE at the first loss that is not
 * Cost: about 6 · (nInputs + nSignals) · nHidden multiplications a row and epoch; nothing stays on the backend.
 */
export async function fitNetwork(
  lists: GateLists,
  chosen: Int32Array,
  options: NetworkFitOptions,
  { tf }: TensorBackend,
): Promise<GateNetwork> {
  const { nHidden, seed } = options;
  const statistics = standardise(lists, chosen);
  const weights = firstWeights(options.begin, nHidden, statistics, seed);
  const adam = new Adam(weights.all, options.learningRate);
  const decay = options.l2 * (1 + options.fullDataLists / chosen.length);
  const reader = new MinibatchReader(lists, LISTS_PER_STEP);
  const gradientOf = new NetworkGradient(tf, statistics, nHidden);
  const order = chosen.slice();
  const random = seededRandom(seed + 1);
  for (let epoch = 1; epoch <= options.nEpochs; epoch++) {
    shuffle(order, random);
    for (let from = 0; from < order.length; from += LISTS_PER_STEP) {
      const minibatch = reader.read(order.subarray(from, from + LISTS_PER_STEP));
      const { loss, gradient } = gradientOf.at(weights, minibatch);
      if (!Number.isFinite(loss)) {
        throw new RecommenderError("NOT_FINITE", "Cannot learn the gates: a finite loss is required", { epoch, loss });
      }
      addDecay(gradient, weights, decay);
      adam.descend(gradient.all);
    }
    options.onEpoch?.(epoch, () => toNetwork(weights, statistics));
    await breath();
  }
  return toNetwork(weights, statistics);
}

function addDecay(gradient: NetworkWeights, weights: NetworkWeights, decay: number): void {
  for (let i = 0; i < weights.w1.length; i++) gradient.w1[i] += 2 * decay * weights.w1[i];
  for (let i = 0; i < weights.w2.length; i++) gradient.w2[i] += 2 * decay * weights.w2[i];
}

/** The event loop of a training thread hears of a wish to stop here. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
