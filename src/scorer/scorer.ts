import type { Placement } from "../domain/recommendation.js";

/**
 * Candidates of a whole batch of lists, flattened. List l holds rows start[l] … start[l + 1] − 1 and one placement.
 */
export interface ScoreBatch {
  readonly start: Int32Array;
  readonly placement: readonly Placement[];
  /** Scaled signal answers f̂, row-major (nRows × nSignals). Native TensorFlow reads numbers below 1e-38 as 0. */
  readonly value: Float32Array;
  /** What the gates may look at besides, in the order of CONTEXT_FEATURES, row-major (nRows × nContext). */
  readonly context: Float32Array;
}

export interface BatchScores {
  /** Σ_s weight_s · gate_s · f̂_s per row, length nRows. */
  readonly score: Float32Array;
  /** The gates of one row, in the order of SIGNAL_NAMES: computed when asked, since few rows are ever listed. */
  gatesOf(row: number): Float32Array;
}

/**
 * Turns signal answers into scores. Every implementation agrees with `scoreByReference` within 1e-5 of the largest term
 * (at least 1; float32 cannot do better where terms of both signs cancel);
 * the score a client sees is the float64 sum of its terms (`sumTerms`) with the gates of `gatesOf`, which are the
 * reference's on every backend, so that the breakdown adds up exactly.
 */
export interface Scorer {
  readonly backendName: string;
  /** @param weight the admin's weights, in the order of SIGNAL_NAMES */
  score(batch: ScoreBatch, weight: Float64Array): BatchScores;
  /** Give back what the scorer holds between calls. A batch that still follows is answered, only more slowly. */
  dispose(): void;
}
