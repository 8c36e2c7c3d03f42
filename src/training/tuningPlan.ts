import type { SignalName } from "../domain/setting.js";
import type { Parameters } from "../signals/signal.js";

/** One parameter and the values that are tried for it, the others held at what was chosen so far. */
export interface Axis {
  readonly parameter: string;
  readonly values: readonly number[];
  /** Values that only a thorough training tries. */
  readonly thorough?: readonly number[];
  /** Must another value lead by two standard errors? Where much hangs on it, or the default is known to do well. */
  readonly isCautious?: boolean;
}

/** What is tried for one signal, in this order. Values lie around those that published work and measurements favour. */
export interface SignalPlan {
  readonly name: SignalName;
  readonly axes: readonly Axis[];
  /** Tried before the others, under parameters that tell the values apart for a fraction of the work. */
  readonly coarse?: { readonly parameters: Parameters; readonly axes: readonly Axis[] };
}

const HORIZONS: Axis = { parameter: "horizon", values: [0, 3, 10, 50], thorough: [1, 150] };
const NEAR_HORIZONS: Axis = { parameter: "horizon", values: [1, 3, 10, 50, 150], thorough: [0, 20] };
const WEIGHT_POWER: Axis = { parameter: "weightPower", values: [0, 0.5, 1.5], thorough: [2], isCautious: true };
const TREND_EXPONENT: Axis = { parameter: "trendExponent", values: [0, 0.5, 1], thorough: [1.5] };
const TREND_HALF_LIFE: Axis = { parameter: "trendHalfLifeDays", values: [4, 7, 14, 30], thorough: [60] };

/**
 * The whole plan. Signals of behaviour come first, since later ones start from the trend, the horizon and the direction
 * that they chose.
 */
export const TUNING_PLAN: readonly SignalPlan[] = [
  {
    name: "trending",
    axes: [
      { parameter: "halfLifeDays", values: [2, 4, 7, 14, 30, 60, 180] },
      { parameter: "weightPower", values: [0, 0.5, 1] },
    ],
  },
  {
    name: "collaborative",
    axes: [
      HORIZONS,
      TREND_EXPONENT,
      TREND_HALF_LIFE,
      { parameter: "beta", values: [0.1, 0.25, 0.4, 0.65], thorough: [0, 0.8] },
      { parameter: "alpha", values: [0.5, 0.75], thorough: [0.85, 1] },
      // Twice the neighbours make a list take longer, so they must be worth it; no shop measured so far has chosen them.
      { parameter: "k", values: [], thorough: [50, 200, 400], isCautious: true },
      HORIZONS,
      WEIGHT_POWER,
    ],
  },
  {
    name: "sequence",
    axes: [
      NEAR_HORIZONS,
      { parameter: "reversed", values: [0, 1], thorough: [0.6] },
      { parameter: "targetDamping", values: [0, 0.1, 0.3] },
      { parameter: "sourceDamping", values: [0.2, 0.6, 0.8] },
      { parameter: "pairDecay", values: [1.5, 10], thorough: [0.7, 4] },
      TREND_EXPONENT,
    ],
  },
  {
    name: "sequenceShort",
    axes: [
      { parameter: "horizon", values: [0.4, 0.7, 1.5, 3] },
      { parameter: "pairDecay", values: [], thorough: [0.7, 1.5, 4] },
    ],
  },
  { name: "repeat", axes: [{ parameter: "horizon", values: [0.5, 1.5, 5, 20] }] },
  {
    name: "session",
    axes: [
      { parameter: "horizon", values: [0.7, 1.5, 3, 8] },
      { parameter: "positionDecay", values: [1, 4, 0] },
      { parameter: "nNeighbours", values: [], thorough: [100, 500, 1500] },
    ],
  },
  {
    name: "neighbours",
    axes: [
      { parameter: "halfLifeDays", values: [5, 7, 30, 90] },
      { parameter: "power", values: [1, 2], thorough: [3] },
      { parameter: "nNeighbours", values: [], thorough: [100, 600] },
    ],
  },
  { name: "basket", axes: [TREND_EXPONENT] },
  { name: "content", axes: [HORIZONS] },
  { name: "inherited", axes: [{ parameter: "horizon", values: [], thorough: [0, 3, 50] }] },
  {
    name: "regression",
    // A system of forty tells the same ridge apart as one of a hundred, for a fifteenth of the work.
    coarse: { parameters: { k: 40 }, axes: [{ parameter: "lambda", values: [30, 300], thorough: [1000] }] },
    axes: [TREND_EXPONENT],
  },
  { name: "latent", axes: [{ parameter: "method", values: [1], isCautious: true }] },
];

/** Parameters that are read when a list is made: trying another value needs nothing new. */
const ANSWER_PARAMETERS: Partial<Record<SignalName, readonly string[]>> = {
  collaborative: ["horizon", "weightPower"],
  session: ["horizon", "positionDecay", "nNeighbours", "maxPostings", "power"],
  neighbours: ["horizon", "power", "nNeighbours", "maxPostings"],
};

export function isReadWhenAnswering(name: SignalName, parameter: string): boolean {
  return (ANSWER_PARAMETERS[name] ?? ["horizon"]).includes(parameter);
}
