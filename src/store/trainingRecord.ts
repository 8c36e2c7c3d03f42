import { RUN_OUTCOMES, type RunOutcome, type TrainingRecord } from "../domain/trainingRun.js";
import type { Database } from "./database.js";

/** Whoever is further behind needs no exact figure. */
export const MOST_COUNTED = 1_000_000;

const BY_STATUS_SQL = `
  SELECT status, count(*)::int AS n, coalesce(sum(extract(epoch FROM finished_at - started_at)), 0)::float AS seconds
  FROM training_runs GROUP BY status`;

const NEWEST_SQL = `
  WITH newest AS (
    SELECT started_at, finished_at FROM training_runs WHERE status IN ('succeeded', 'refused')
    ORDER BY run_id DESC LIMIT 1)
  SELECT (SELECT extract(epoch FROM finished_at - started_at)::float FROM newest) AS "lastSeconds",
         (SELECT max(finished_at) FROM training_runs WHERE status = 'succeeded') AS "lastSuccessAt",
         (SELECT count(*)::int FROM (
            SELECT FROM interactions
            WHERE received_at > coalesce((SELECT started_at FROM newest), '-infinity') LIMIT ${MOST_COUNTED}) AS arrived)
           AS "nNotLearned"`;

interface StatusRow {
  readonly status: string;
  readonly n: number;
  readonly seconds: number;
}

/** Reads what monitors are told of the trainings. Cost: the runs, and an index range of the interactions since the last. */
export async function readTrainingRecord({ pool }: Database): Promise<TrainingRecord> {
  const { rows } = await pool.query<StatusRow>(BY_STATUS_SQL);
  const newest = await pool.query<Pick<TrainingRecord, "lastSeconds" | "lastSuccessAt" | "nNotLearned">>(NEWEST_SQL);
  const rowOf = (status: string) => rows.find((row) => row.status === status);
  const byOutcome = (read: (row: StatusRow) => number) =>
    Object.fromEntries(RUN_OUTCOMES.map((outcome) => [outcome, sumOf(rowOf(outcome), read)]));
  return {
    ...newest.rows[0],
    nByOutcome: byOutcome(({ n }) => n) as Record<RunOutcome, number>,
    secondsByOutcome: byOutcome(({ seconds }) => seconds) as Record<RunOutcome, number>,
    nRunning: rowOf("running")?.n ?? 0,
    nQueued: rowOf("queued")?.n ?? 0,
  };
}

function sumOf(row: StatusRow | undefined, read: (row: StatusRow) => number): number {
  return row === undefined ? 0 : read(row);
}
