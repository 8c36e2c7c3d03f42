import { RecommenderError } from "../domain/errors.js";
import { SIGNAL_NAMES } from "../domain/setting.js";
import { N_CONTEXT } from "./contextFeatures.js";

const N_SIGNALS = SIGNAL_NAMES.length;
/** What the network reads of a candidate: its answers f̂, a flag per answer that is positive, and its context. */
export const N_INPUTS = 2 * N_SIGNALS + N_CONTEXT;

/**
 * The gating network of one hidden layer,
 *
 *   g(x) = scale · softplus(W₂ᵀ · relu(W₁ᵀ · x̂ + b₁) + b₂)        x̂ = (x − mean) / deviation
 *
 * All arrays are row-major and hold float32 numbers, so that JSON carries them without loss.
 */
export interface GateNetwork {
  readonly mean: readonly number[]; // (nInputs)
  readonly deviation: readonly number[]; // (nInputs), > 0
  readonly w1: readonly number[]; // (nInputs × nHidden)
  readonly b1: readonly number[]; // (nHidden)
  readonly w2: readonly number[]; // (nHidden × nSignals)
  readonly b2: readonly number[]; // (nSignals)
  readonly scale: readonly number[]; // (nSignals), ≥ 0: learned apart, where the lists could not tell
}

/** How the inputs are centred and scaled before the first layer. */
export type Standardisation = Pick<GateNetwork, "mean" | "deviation">;

/** The first layer for inputs as they are: W₁ᵀ x̂ + b₁ = w1ᵀ x + b1 (nInputs × nHidden; nHidden). */
export function foldStandardisation({
  mean,
  deviation,
  w1,
  b1,
}: Standardisation & { readonly w1: ArrayLike<number>; readonly b1: ArrayLike<number> }): {
  readonly w1: Float64Array;
  readonly b1: Float64Array;
} {
  const nHidden = b1.length;
  const folded = { w1: Float64Array.from(w1), b1: Float64Array.from(b1) };
  for (let i = 0; i < w1.length; i++) {
    const input = Math.floor(i / nHidden);
    folded.w1[i] = w1[i] / deviation[input];
    folded.b1[i % nHidden] -= mean[input] * folded.w1[i];
  }
  return folded;
}

/** ln(1 + eᶻ), also where eᶻ overflows. */
export function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

/** The z with softplus(z) = gate; −30, which is as good as never, for a gate of 0. */
export function inverseSoftplus(gate: number): number {
  return gate > 0 ? Math.max(-30, gate + Math.log(-Math.expm1(-gate))) : -30;
}

/**
 * Check a network read from an artifact.
 *
 * @throws RecommenderError MODEL_FORMAT if an array has another length, a number is not finite, a deviation is not > 0 or a
 *   scale not ≥ 0
 */
export function checkNetwork(value: unknown): GateNetwork {
  const network = value as GateNetwork | null;
  const nHidden = Array.isArray(network?.b1) ? network.b1.length : 0;
  const lengths: Record<keyof GateNetwork, number> = {
    mean: N_INPUTS,
    deviation: N_INPUTS,
    w1: N_INPUTS * nHidden,
    b1: nHidden,
    w2: nHidden * N_SIGNALS,
    b2: N_SIGNALS,
    scale: N_SIGNALS,
  };
  for (const name of Object.keys(lengths) as (keyof GateNetwork)[]) {
    const found = network?.[name];
    const isSound = Array.isArray(found) && found.length === lengths[name] && found.every(Number.isFinite);
    const isInRange = (number: number) => (name === "deviation" ? number > 0 : name !== "scale" || number >= 0);
    if (isSound && nHidden > 0 && found.every(isInRange)) continue;
    throw new RecommenderError(
      "MODEL_FORMAT",
      `Cannot use the model: ${lengths[name]} finite numbers are required in ${name} of the gate network`,
      { name, found: Array.isArray(found) ? found.length : found },
    );
  }
  return network as GateNetwork;
}
