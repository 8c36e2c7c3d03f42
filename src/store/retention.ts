import type { Pool, PoolClient } from "pg";
import { LOCK } from "./advisoryLocks.js";
import { type Database, inTransaction } from "./database.js";

/** Of several replicas one forgets. */
const RETENTION_LOCK = LOCK.dropPartitions;
/** A partition is dropped under a lock that readers wait behind: where it is not had at once, it is tried again later. */
const LONGEST_WAIT_MS = 300;
const LOCK_NOT_AVAILABLE = "55P03";
/** Bounds how long one transaction holds rows. */
const ROWS_PER_DELETION = 20_000;

export interface Forgotten {
  /** Partitions that were dropped whole. */
  readonly partitions: readonly string[];
  /** Rows deleted one by one: of partitions that also hold what is kept, and of unknown time. */
  readonly nRows: number;
  /** False when a long reader, or another replica at the same work, was in the way. */
  readonly isDone: boolean;
}

interface Partition {
  readonly name: string;
  /** Null for the partition of unknown and implausible times. */
  readonly begins: Date | null;
  readonly ends: Date | null;
}

/** A partition that another replica is dropping has no bound any more. */
const PARTITIONS_SQL = `
  SELECT name, substring(bound FROM $$FROM \\('([^']*)'\\)$$)::timestamptz AS begins,
    substring(bound FROM $$TO \\('([^']*)'\\)$$)::timestamptz AS ends
  FROM (
    SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bound
    FROM pg_inherits JOIN pg_class AS c ON c.oid = inhrelid WHERE inhparent = 'interactions'::regclass
  ) AS partitions WHERE bound IS NOT NULL ORDER BY begins`;

/**
 * Forget interactions from before a time: partitions that hold nothing else are dropped, of the others the old rows go.
 * What has no time is as old as its arrival. Receipts stay, so a replay brings nothing back. May be called again at any
 * time, on any replica; none waits for another.
 */
export async function forgetInteractions({ pool }: Pick<Database, "pool">, oldestMs: number): Promise<Forgotten> {
  const oldest = new Date(oldestMs);
  const { rows } = await pool.query<Partition>(PARTITIONS_SQL);
  const dropped: string[] = [];
  let nRows = 0;
  let isDone = true;
  for (const { name, begins, ends } of rows) {
    if (begins !== null && begins >= oldest) continue;
    if (ends !== null && ends <= oldest) {
      const fate = await dropPartition(pool, name);
      if (fate === "dropped") dropped.push(name);
      isDone &&= fate !== "in use";
    } else {
      const age = begins === null ? "coalesce(occurred_at, received_at)" : "occurred_at";
      const deleted = await deleteRows(pool, name, age, oldest);
      nRows += deleted.nRows;
      isDone &&= deleted.isDone;
    }
  }
  return { partitions: dropped, nRows, isDone };
}

/** A partition that another replica has dropped since it was listed is gone, and none of ours. */
async function dropPartition(pool: Pool, name: string): Promise<"dropped" | "gone" | "in use"> {
  return inTransaction(pool, async (client) => {
    if (!(await isOurTurn(client))) return "in use" as const;
    const { rows } = await client.query("SELECT to_regclass($1) IS NULL AS gone", [name]);
    if (rows[0].gone) return "gone" as const;
    await client.query(`SET LOCAL lock_timeout = ${LONGEST_WAIT_MS}`);
    await client.query(`DROP TABLE ${name}`);
    return "dropped" as const;
  }).catch((error) => {
    if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return "in use" as const;
    throw error;
  });
}

async function deleteRows(pool: Pool, name: string, age: string, oldest: Date) {
  const sql = `
    DELETE FROM ${name} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${name} WHERE ${age} < $1 LIMIT ${ROWS_PER_DELETION}))`;
  for (let nRows = 0; ; ) {
    const deleted = await inTransaction(pool, async (client) => {
      if (!(await isOurTurn(client))) return null;
      await client.query("SET LOCAL statement_timeout = 0");
      return (await client.query(sql, [oldest])).rowCount ?? 0;
    });
    if (deleted === null) return { nRows, isDone: false };
    nRows += deleted;
    if (deleted < ROWS_PER_DELETION) return { nRows, isDone: true };
  }
}

async function isOurTurn(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query("SELECT pg_try_advisory_xact_lock($1) AS ours", [RETENTION_LOCK]);
  return rows[0].ours;
}
