import type { TrainingRuns } from "../domain/trainingRun.js";
import { LEASE_MS, type RunnerOptions, type RunningTraining, runTrainingWork } from "./trainingRunner.js";

/** How often a worker looks for a run without being told of one. */
const LOOK_MS = 1_000;

export type WorkerEvent =
  | { readonly kind: "trainingStarted"; readonly runId: number; readonly attempt: number; readonly reason: string }
  | { readonly kind: "trainingEnded"; readonly runId: number; readonly outcome: unknown }
  | { readonly kind: "trainingStopped"; readonly runId: number }
  | { readonly kind: "trainingFailed"; readonly runId: number; readonly error: unknown }
  | { readonly kind: "workerLost"; readonly runIds: readonly number[]; readonly fate: "queued again" | "failed" }
  | { readonly kind: "queueLost"; readonly error: unknown }
  | { readonly kind: "queueBack" };

export interface WorkerOptions<Outcome> extends RunnerOptions<Outcome> {
  readonly runs: TrainingRuns;
  /** Who this is among the workers. */
  readonly name: string;
  /** Asked at every look: wish for a training that is due by itself. */
  readonly wishIfDue: () => Promise<void>;
  readonly onEvent: (event: WorkerEvent) => void;
}

export interface TrainingWorker {
  /** Look for a run now; safe to call at any time. */
  readonly look: () => Promise<void>;
  /** Take no further run; one under way is stopped and put back for another worker. */
  readonly stop: () => Promise<void>;
}

/**
 * Takes runs one after another, here and on all replicas one at a time, and finds those whose worker was lost. The rows
 * of the store decide; being told of a run only saves waiting for the next look.
 */
export function startTrainingWorker<Outcome>(options: WorkerOptions<Outcome>): TrainingWorker {
  const { runs, name, wishIfDue, onEvent, every } = options;
  let running: RunningTraining<Outcome> | null = null;
  let isStopping = false;
  let isLost = false;
  let looking: Promise<void> | null = null;

  async function lookOnce(): Promise<void> {
    await reportLost(await runs.expire(LEASE_MS));
    if (running !== null || isStopping) return;
    await wishIfDue();
    const run = await runs.take(name);
    if (run === null) return;
    onEvent({ kind: "trainingStarted", runId: run.runId, attempt: run.attempt, reason: run.reason });
    running = runTrainingWork(run, options);
    void running.ended.then(
      (outcome) => ended(outcome === null ? { kind: "trainingStopped", runId: run.runId } : endOf(run.runId, outcome)),
      (error) => ended({ kind: "trainingFailed", runId: run.runId, error }),
    );
  }

  function ended(event: WorkerEvent): void {
    running = null;
    onEvent(event);
  }

  function reportLost({ requeued, failed }: Awaited<ReturnType<TrainingRuns["expire"]>>): void {
    if (requeued.length > 0) onEvent({ kind: "workerLost", runIds: requeued, fate: "queued again" });
    if (failed.length > 0) onEvent({ kind: "workerLost", runIds: failed, fate: "failed" });
  }

  /** One look at a time; a store that is away is told once, and asked again at the next look. */
  const look = () => {
    looking ??= lookOnce()
      .then(() => {
        if (isLost) onEvent({ kind: "queueBack" });
        isLost = false;
      })
      .catch((error) => {
        if (!isLost) onEvent({ kind: "queueLost", error });
        isLost = true;
      })
      .finally(() => {
        looking = null;
      });
    return looking;
  };

  const callOff = every(LOOK_MS, look);
  return {
    look,
    stop: async () => {
      isStopping = true;
      callOff();
      await looking;
      await running?.giveBack();
    },
  };
}

function endOf(runId: number, outcome: unknown): WorkerEvent {
  return { kind: "trainingEnded", runId, outcome };
}
