import PgBoss from "pg-boss";
import { LOCK } from "./advisoryLocks.js";
import type { Database } from "./database.js";

const QUEUE = "recommender-training";
/** One that nobody has taken within a minute says nothing any more. */
const JOB_EXPIRES_SECONDS = 60;

export interface TrainingQueueOptions {
  /** The schedule wishes for a training; `tick` names the moment. */
  readonly onTick: (tick: string) => Promise<void>;
  readonly onError: (error: Error) => void;
}

/** Replicas that start together would make the queue's tables together, and deadlock. */
const OPENING_LOCK = LOCK.openTrainingQueue;

/** Keeps the clock of the schedule for the workers of all replicas. */
export interface TrainingQueue {
  /** Wish for a training at these times (cron, UTC); null for at none. */
  schedule(cron: string | null): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The schedule's jobs, in the shop's own database: one of every tick, whatever the number of replicas. They only wish for
 * a run; the rows of training_runs decide which one works.
 */
export async function openTrainingQueue(
  { pool }: Database,
  { onTick, onError }: TrainingQueueOptions,
): Promise<TrainingQueue> {
  const boss = new PgBoss({ db: { executeSql: (text, values) => pool.query(text, values) } });
  boss.on("error", onError);
  await oneAtATime(pool, async () => {
    await boss.start();
    await boss.createQueue(QUEUE);
  });
  await boss.work(QUEUE, { pollingIntervalSeconds: 1 }, ([job]) => onTick(job.id));
  return {
    schedule: async (cron) => {
      if (cron === null) await boss.unschedule(QUEUE);
      else await boss.schedule(QUEUE, cron, {}, { tz: "UTC", expireInSeconds: JOB_EXPIRES_SECONDS });
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
