import { RecommenderError } from "../domain/errors.js";
import type { TrainingProgress } from "./trainOptions.js";

export interface TimeLimit {
  readonly maxMinutes: number;
  /** Milliseconds since some moment. */
  readonly clock: () => number;
  /** What the clock said when the training began. */
  readonly startedAtMs: number;
}

const MINUTE_MS = 60_000;

/**
 * The same report of progress, but one that ends a training which takes too long. Time may only abort: nothing is left
 * out to be ready sooner, so that no model depends on how busy a machine was.
 *
 * @throws RecommenderError TRAINING_FAILED, from the report, once more than `maxMinutes` have passed
 */
export function withTimeLimit(
  onProgress: (progress: TrainingProgress) => void,
  { maxMinutes, clock, startedAtMs }: TimeLimit,
): (progress: TrainingProgress) => void {
  return (progress) => {
    const minutes = (clock() - startedAtMs) / MINUTE_MS;
    if (minutes > maxMinutes) throw tookTooLong(maxMinutes, minutes, progress.stage);
    onProgress(progress);
  };
}

function tookTooLong(maxMinutes: number, minutes: number, stage: string): RecommenderError {
  const allowed = `at most ${maxMinutes} minutes are allowed (training.maxMinutes)`;
  return new RecommenderError(
    "TRAINING_FAILED",
    `Cannot finish the training: ${allowed}, ${minutes.toFixed(1)} had passed at "${stage}"`,
    { maxMinutes, minutes, stage },
  );
}
