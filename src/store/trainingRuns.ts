import type { Pool, PoolClient } from "pg";
import type { RunClaim, TrainingRun, TrainingRuns } from "../domain/trainingRun.js";
import { LOCK } from "./advisoryLocks.js";
import { type Database, inTransaction } from "./database.js";

/** Decisions about which run waits and which one works are made one after another, on all replicas. */
const RUNS_LOCK = LOCK.decideRuns;
/** A run whose workers died twice would kill a third one. */
const MAX_ATTEMPTS = 2;

const COLUMNS = `run_id AS "runId", status, reason, requested_by AS "requestedBy", requested_at AS "requestedAt",
  started_at AS "startedAt", finished_at AS "finishedAt", stage, progress, cancel_requested AS "cancelRequested", attempt,
  model_version AS "modelVersion", error`;

const INSERT_SQL = `
  INSERT INTO training_runs (status, reason, requested_by, idempotency_key) VALUES ('queued', $1, $2, $3)
  RETURNING ${COLUMNS}`;

const TAKE_SQL = `
  UPDATE training_runs SET status = 'running', worker = $2, attempt = attempt + 1, started_at = now(),
    heartbeat_at = now(), stage = NULL, progress = NULL
  WHERE run_id = $1 RETURNING ${COLUMNS}`;

/** What belongs to whoever holds the claim, and to nobody else. */
const HELD = "run_id = $1 AND attempt = $2 AND status = 'running'";

const EXPIRED = `status = 'running' AND heartbeat_at < now() - $1 * interval '1 millisecond'`;
const LOST = "the worker was lost, and so was the one before it";

/** Keeps the training runs. The rows decide; queues and notifications only say when to look. */
export function createTrainingRuns({ pool }: Database): TrainingRuns {
  const decide = <T>(work: (client: PoolClient) => Promise<T>) =>
    inTransaction(pool, async (client) => {
      await client.query("SELECT pg_advisory_xact_lock($1)", [RUNS_LOCK]);
      return work(client);
    });
  const endClaimed = async ({ runId, attempt }: RunClaim, change: string, ...values: unknown[]) => {
    await pool.query(`UPDATE training_runs SET ${change} WHERE ${HELD}`, [runId, attempt, ...values]);
  };
  return {
    wish: (wish) =>
      decide(async (client) => {
        const known = await first(client, "idempotency_key = $1", [wish.idempotencyKey]);
        if (known !== null) return { run: known, fate: "known" };
        const waiting = await first(client, "status = 'queued'");
        if (waiting !== null) return { run: waiting, fate: "waiting" };
        const { rows } = await client.query<TrainingRun>(INSERT_SQL, valuesOf(wish));
        return { run: rows[0], fate: "queued" };
      }),
    begin: (wish, worker) =>
      decide(async (client) => {
        if ((await first(client, "status = 'running'")) !== null) return null;
        // The one that waits would learn from the same data: it is this one now.
        const waiting = await first(client, "status = 'queued'");
        const run = waiting ?? (await client.query<TrainingRun>(INSERT_SQL, valuesOf(wish))).rows[0];
        return (await client.query<TrainingRun>(TAKE_SQL, [run.runId, worker])).rows[0];
      }),
    take: (worker) =>
      decide(async (client) => {
        if ((await first(client, "status = 'running'")) !== null) return null;
        const waiting = await first(client, "status = 'queued'");
        return waiting && (await client.query<TrainingRun>(TAKE_SQL, [waiting.runId, worker])).rows[0];
      }),
    async report({ runId, attempt }, progress) {
      const { rows } = await pool.query<{ cancel_requested: boolean }>(
        `UPDATE training_runs SET heartbeat_at = now(), stage = coalesce($3, stage), progress = coalesce($4, progress)
         WHERE ${HELD} RETURNING cancel_requested`,
        [runId, attempt, progress?.stage ?? null, progress?.share ?? null],
      );
      if (rows.length > 0) return rows[0].cancel_requested ? "cancel" : "goOn";
      // The publication ends a run before its worker hears of it.
      const published = "run_id = $1 AND attempt = $2 AND status IN ('succeeded', 'refused')";
      return (await first(pool, published, [runId, attempt])) === null ? "lost" : "goOn";
    },
    fail: (claim, error) => endClaimed(claim, "status = 'failed', finished_at = now(), error = $3", error),
    cancelled: (claim) => endClaimed(claim, "status = 'cancelled', finished_at = now()"),
    giveBack: (claim) =>
      decide(async (client) => {
        const waiting = await first(client, "status = 'queued'");
        const change = waiting === null ? "status = 'queued', attempt = attempt - 1" : "status = 'cancelled'";
        const values = [claim.runId, claim.attempt];
        await client.query(`UPDATE training_runs SET ${change} WHERE ${HELD}`, values);
      }),
    cancel: (runId) =>
      decide(async (client) => {
        await client.query(
          `UPDATE training_runs SET cancel_requested = true,
             status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END,
             finished_at = CASE status WHEN 'queued' THEN now() END
           WHERE run_id = $1 AND status IN ('queued', 'running')`,
          [runId],
        );
        return first(client, "run_id = $1", [runId]);
      }),
    expire: (leaseMs) =>
      decide(async (client) => {
        const waiting = await first(client, "status = 'queued'");
        const failed = await client.query<{ run_id: number }>(
          `UPDATE training_runs SET status = 'failed', finished_at = now(), error = $3
           WHERE ${EXPIRED} AND (attempt >= $2 OR cancel_requested OR $4) RETURNING run_id`,
          [
            leaseMs,
            MAX_ATTEMPTS,
            waiting === null ? LOST : "the worker was lost; the run that waits takes its place",
            waiting !== null,
          ],
        );
        const requeued = await client.query<{ run_id: number }>(
          `UPDATE training_runs SET status = 'queued', worker = NULL WHERE ${EXPIRED} RETURNING run_id`,
          [leaseMs],
        );
        const ids = ({ rows }: { rows: { run_id: number }[] }) => rows.map((row) => row.run_id);
        return { requeued: ids(requeued), failed: ids(failed) };
      }),
    find: (runId) => first(pool, "run_id = $1", [runId]),
    async newest(most, beforeRunId) {
      const { rows } = await pool.query<TrainingRun>(
        `SELECT ${COLUMNS} FROM training_runs WHERE $2::int IS NULL OR run_id < $2 ORDER BY run_id DESC LIMIT $1`,
        [most, beforeRunId],
      );
      return rows;
    },
  };
}

function valuesOf({ reason, requestedBy, idempotencyKey }: Parameters<TrainingRuns["wish"]>[0]): unknown[] {
  return [reason, requestedBy, idempotencyKey];
}

async function first(
  client: Pool | PoolClient,
  condition: string,
  values: unknown[] = [],
): Promise<TrainingRun | null> {
  const { rows } = await client.query<TrainingRun>(`SELECT ${COLUMNS} FROM training_runs WHERE ${condition}`, values);
  return rows[0] ?? null;
}
