/** What became of a run. Refused: it gave a model, which was worse than the one that serves. */
export const RUN_STATUSES = ["queued", "running", "succeeded", "refused", "failed", "cancelled"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** What a run that has ended may have come to. */
export const RUN_OUTCOMES = ["succeeded", "refused", "failed", "cancelled"] as const satisfies readonly RunStatus[];
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** One training, from the wish to its end. */
export interface TrainingRun {
  readonly runId: number;
  readonly status: RunStatus;
  readonly reason: string;
  readonly requestedBy: string | null;
  readonly requestedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** What it is doing, and how much of that is done (0 … 1). */
  readonly stage: string | null;
  readonly progress: number | null;
  /** True once somebody wants it to end. */
  readonly cancelRequested: boolean;
  /** How many workers have taken it. */
  readonly attempt: number;
  readonly modelVersion: number | null;
  readonly error: string | null;
}

/** Somebody wants a training. */
export interface TrainingWish {
  readonly reason: string;
  readonly requestedBy: string | null;
  /** The same key is the same run, however often it is sent; null for a run that nobody repeats. */
  readonly idempotencyKey: string | null;
}

/** The right to work on a run. It ends when another worker takes the run, and then nothing of it is published. */
export interface RunClaim {
  readonly runId: number;
  readonly attempt: number;
}

/** How far a training has come. */
export interface RunProgress {
  readonly stage: string;
  /** Of the stage, 0 … 1. */
  readonly share: number;
}

/** queued: a new run waits; known: this key had its run before; waiting: another run waits already and will learn from the same data. */
export interface WishedRun {
  readonly run: TrainingRun;
  readonly fate: "queued" | "known" | "waiting";
}

/** Runs as the store keeps them: whatever the number of replicas, one runs and one waits. */
export interface TrainingRuns {
  wish(wish: TrainingWish): Promise<WishedRun>;
  /** Begin a run at once, past the queue; null while another one is running. */
  begin(wish: TrainingWish, worker: string): Promise<TrainingRun | null>;
  /** Take the run that waits; null when none does, or while another one is running. */
  take(worker: string): Promise<TrainingRun | null>;
  /** Show that a worker lives, and where it is; says whether it shall go on, stop, or has lost the run to another. */
  report(claim: RunClaim, progress: RunProgress | null): Promise<"goOn" | "cancel" | "lost">;
  fail(claim: RunClaim, error: string): Promise<void>;
  /** What was running was stopped. */
  cancelled(claim: RunClaim): Promise<void>;
  /** Put a run back that its worker cannot finish, for the next one. */
  giveBack(claim: RunClaim): Promise<void>;
  /** Ask that a run ends: one that waits is cancelled at once. Null when there is no such run. */
  cancel(runId: number): Promise<TrainingRun | null>;
  /** Runs whose worker has been silent for longer than the lease: taken up again once, then failed. */
  expire(leaseMs: number): Promise<{ readonly requeued: readonly number[]; readonly failed: readonly number[] }>;
  find(runId: number): Promise<TrainingRun | null>;
  /** Newest first; only those before a run where one is given. */
  newest(most: number, beforeRunId: number | null): Promise<readonly TrainingRun[]>;
}

/** All trainings together, as a monitor asks for them. */
export interface TrainingRecord {
  readonly nByOutcome: Readonly<Record<RunOutcome, number>>;
  /** How long those that ended so have taken, all in all. */
  readonly secondsByOutcome: Readonly<Record<RunOutcome, number>>;
  readonly nRunning: number;
  readonly nQueued: number;
  /** Of the newest that gave a model, which need not serve; null before the first. */
  readonly lastSeconds: number | null;
  readonly lastSuccessAt: Date | null;
  /** Interactions that arrived since the newest training that gave a model began; counted to a bound. */
  readonly nNotLearned: number;
}
