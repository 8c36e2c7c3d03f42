import type { RunClaim, RunProgress, TrainingRun, TrainingRuns } from "../domain/trainingRun.js";

/** How often a worker shows that it lives, and hears whether its run is still wanted. */
export const HEARTBEAT_MS = 1_000;
/** A worker that has been silent for so long is lost, and its run is another's to take. */
export const LEASE_MS = 15_000;

/** A training under way, wherever it computes. */
export interface TrainingWork<Outcome> {
  /** Rejects when the training fails, or was stopped. On success the run has ended with the model's publication. */
  readonly result: Promise<Outcome>;
  stop(): Promise<void>;
}

export type StartTraining<Outcome> = (
  claim: RunClaim,
  onProgress: (progress: RunProgress) => void,
) => TrainingWork<Outcome>;

export interface RunnerOptions<Outcome> {
  readonly runs: TrainingRuns;
  readonly start: StartTraining<Outcome>;
  /** Calls back after a time; returns how to call it off. */
  readonly every: (ms: number, work: () => Promise<void>) => () => void;
}

/** A run being worked on. */
export interface RunningTraining<Outcome> {
  readonly runId: number;
  /** The outcome, or null when the run was cancelled or taken by another worker. Rejects with why it failed. */
  readonly ended: Promise<Outcome | null>;
  /** Stop the work and put the run back for another worker. */
  giveBack(): Promise<void>;
  /** Stop the work for good: the run counts as cancelled. */
  giveUp(): Promise<void>;
}

/**
 * Work on a run that this worker has taken: the record hears where it is, a cancellation ends the work, and so does the
 * loss of the run; a failure is recorded with its reason. A store that cannot be reached for a while is no reason to
 * stop: the publication decides whether the run is still ours.
 */
export function runTrainingWork<Outcome>(
  { runId, attempt }: TrainingRun,
  { runs, start, every }: RunnerOptions<Outcome>,
): RunningTraining<Outcome> {
  const claim = { runId, attempt };
  let progress: RunProgress | null = null;
  let stopped: "cancel" | "lost" | "givenBack" | null = null;
  const work = start(claim, (reported) => {
    progress = reported;
  });
  const stopWork = async (why: NonNullable<typeof stopped>) => {
    stopped ??= why;
    await work.stop();
  };
  const callOff = every(HEARTBEAT_MS, async () => {
    const answer = await runs.report(claim, progress).catch(() => "goOn" as const);
    if (answer !== "goOn" && stopped === null) await stopWork(answer);
  });
  const ended = work.result.then(
    (outcome) => outcome,
    async (error: unknown) => {
      if (stopped === "cancel") await runs.cancelled(claim);
      else if (stopped === "givenBack") await runs.giveBack(claim);
      else if (stopped === null) await runs.fail(claim, error instanceof Error ? error.message : String(error));
      if (stopped !== null) return null;
      throw error;
    },
  );
  const settled = ended.finally(callOff);
  const endBy = async (why: "givenBack" | "cancel") => {
    await stopWork(why);
    await settled.catch(() => {});
  };
  return { runId, ended: settled, giveBack: () => endBy("givenBack"), giveUp: () => endBy("cancel") };
}
