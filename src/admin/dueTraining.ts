import type { TrainingRuns } from "../domain/trainingRun.js";

/** How often the shop's new interactions are counted. */
const COUNT_EVERY_MS = 30_000;

export interface DueTrainingOptions {
  readonly runs: TrainingRuns;
  /** The setting training.afterEvents, now; 0 for never. */
  readonly afterEvents: () => Promise<number>;
  /** Whether so many interactions have arrived since a moment; null is the beginning. */
  readonly hasNewInteractions: (sinceMs: Date | null, atLeast: number) => Promise<boolean>;
  readonly clock: () => number;
}

/**
 * Wish for a training once enough has happened since the last one began. A run that failed counts as one: what makes
 * trainings fail would otherwise be tried without end.
 */
export function createDueTraining({ runs, afterEvents, hasNewInteractions, clock }: DueTrainingOptions) {
  let countedAtMs = Number.NEGATIVE_INFINITY;
  return async (): Promise<void> => {
    if (clock() - countedAtMs < COUNT_EVERY_MS) return;
    countedAtMs = clock();
    const atLeast = await afterEvents();
    if (atLeast === 0) return;
    const [last] = await runs.newest(1, null);
    if (last?.status === "queued" || last?.status === "running") return;
    if (!(await hasNewInteractions(last?.startedAt ?? last?.requestedAt ?? null, atLeast))) return;
    const key = `after:${last?.runId ?? 0}`;
    await runs.wish({ reason: `${atLeast} new interactions`, requestedBy: null, idempotencyKey: key });
  };
}
