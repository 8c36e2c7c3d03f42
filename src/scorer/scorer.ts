import type { Placement } from "../domain/recommendation.js";

/**
 * Candidates of a whole batch of lists, flattened. List l holds rows start[l] … start[l + 1] − 1 and one placement.
 */
export interface ScoreBatch {
  readonly start: Int32Array;
  readonly placement: readonly Placement[];
  /** Scaled signal answers f̂, row-major (nRows × nSignals). */
  readonly value: Float32Array;
}

export interface BatchScores {
  /** Gates per list, row-major (nLists × nSignals). */
  readonly gate: Float32Array;
  /** Σ_s weight_s · gate_s · f̂_s per row, length nRows. */
  readonly score: Float32Array;
}

/**
 * Turns signal answers into scores. Every implementation agrees with `scoreByReference` within 1e-5 · max(1, |score|);
 * the score a client sees is the float64 sum of its terms (`sumTerms`), so that the breakdown adds up exactly.
 */
export interface Scorer {
  readonly backendName: string;
  /** @param weight the admin's weights, in the order of SIGNAL_NAMES */
  score(batch: ScoreBatch, weight: Float64Array): BatchScores;
}
