import PgBoss from "pg-boss";
import { LOCK } from "./advisoryLocks.js";
import type { Database } from "./database.js";

const QUEUE = "recommender-training";
/** A job only says "look": one that nobody took within a minute says nothing any more. */
const JOB_EXPIRES_SECONDS = 60;

export interface TrainingQueueOptions {
  /** Somebody wishes for a training; `tick` names the moment of the schedule that did, or is null. */
  readonly onJob: (tick: string | null) => Promise<void>;
  readonly onError: (error: Error) => void;
}

/** Replicas that start together would make the queue's tables together, and deadlock. */
const OPENING_LOCK = LOCK.openTrainingQueue;

/** Wakes workers on all replicas, and keeps the clock of the schedule for all of them. */
export interface TrainingQueue {
  /** Tell the workers that a run waits. */
  wake(): Promise<void>;
  /** Wish for a training at these times (cron, UTC); null for at none. */
  schedule(cron: string | null): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The job queue of the trainings, in the shop's own database. Of every tick of the schedule one job is made, whatever the
 * number of replicas. The rows of training_runs stay what decides: a job that is lost only costs the wait until the
 * next look.
 */
export async function openTrainingQueue(
  { pool }: Database,
  { onJob, onError }: TrainingQueueOptions,
): Promise<TrainingQueue> {
  const boss = new PgBoss({ db: { executeSql: (text, values) => pool.query(text, values) } });
  boss.on("error", onError);
  await oneAtATime(pool, async () => {
    await boss.start();
    await boss.createQueue(QUEUE);
  });
  await boss.work<{ scheduled?: boolean } | null>(QUEUE, { pollingIntervalSeconds: 1 }, async ([job]) => {
    await onJob(job.data?.scheduled === true ? job.id : null);
  });
  return {
    wake: async () => {
      await boss.send(QUEUE, {}, { singletonKey: "wake", singletonSeconds: 1, expireInSeconds: JOB_EXPIRES_SECONDS });
    },
    schedule: async (cron) => {
      if (cron === null) await boss.unschedule(QUEUE);
      else await boss.schedule(QUEUE, cron, { scheduled: true }, { tz: "UTC", expireInSeconds: JOB_EXPIRES_SECONDS });
    },
    stop: () => boss.stop({ graceful: true, wait: true, timeout: 5_000 }),
  };
}

async function oneAtATime(pool: Database["pool"], work: () => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [OPENING_LOCK]);
    await work();
  } finally {
    // Whatever happened, the lock ends with the connection.
    client.release(true);
  }
}
