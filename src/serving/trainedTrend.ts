import type { PriorAnswer } from "./servedSignals.js";

/** What the trending signal has learned, and how it goes on counting. */
export interface TrainedTrend {
  /** Trending score per model product. */
  readonly score: Float32Array;
  /** The event that ages count from; NaN when no time is known. */
  readonly newestMs: number;
  readonly halfLifeDays: number;
  readonly weightPower: number;
  /** The answer of the training alone; null where it has none. */
  readonly prior: PriorAnswer | null;
}
