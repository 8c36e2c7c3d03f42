import type { PoolClient } from "pg";
import type { AdminCommand, CommandDoor, CommandRecord } from "../domain/adminCommand.js";
import type { CommandStore } from "../domain/administration.js";
import { LOCK } from "./advisoryLocks.js";
import type { Database } from "./database.js";
import { storableJson } from "./storableJson.js";
import { connectionOf, inStoreTransaction, inUndoneTransaction } from "./storeTransaction.js";

/** Whoever holds it decides the commands that wait; the others come again. */
const DECIDING_LOCK = LOCK.decideCommands;

/** Those that `recordOf` reads. */
export const COMMAND_COLUMNS = `command_id, type, body, door, issued_by, issued_at, is_verified, received_at, status, outcome,
  decided_at, published_at`;

const ADD_SQL = `
  INSERT INTO admin_commands (command_id, type, body, door, issued_by, issued_at, is_verified)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (command_id) DO NOTHING`;

const OLDEST_SQL = `
  SELECT ${COMMAND_COLUMNS} FROM admin_commands WHERE status = 'received'
  ORDER BY received_at, command_id LIMIT 1 FOR UPDATE SKIP LOCKED`;

/** Keeps commands and what became of them. */
export function createCommandStore(database: Database): CommandStore {
  return {
    inTransaction: (work) => inStoreTransaction(database, work),
    inUndoneTransaction: (work) => inUndoneTransaction(database, work),
    async add(command, transaction) {
      const { rowCount } = await connectionOf(transaction).query(ADD_SQL, valuesOf(command));
      return rowCount === 1;
    },
    async hold(commandId, transaction) {
      const sql = `SELECT ${COMMAND_COLUMNS} FROM admin_commands WHERE command_id = $1 FOR UPDATE`;
      const { rows } = await connectionOf(transaction).query<CommandRow>(sql, [commandId]);
      return recordOf(rows[0]);
    },
    async takeOldest(transaction) {
      const client = connectionOf(transaction);
      if (!(await mayDecide(client))) return null;
      const { rows } = await client.query<CommandRow>({ name: "oldest-command", text: OLDEST_SQL });
      return rows.length === 0 ? null : recordOf(rows[0]);
    },
    async finish(commandId, { status, outcome }, transaction) {
      await connectionOf(transaction).query(
        "UPDATE admin_commands SET status = $2, outcome = $3, decided_at = clock_timestamp() WHERE command_id = $1",
        [commandId, status, storableJson(outcome)],
      );
    },
    async find(commandId) {
      const sql = `SELECT ${COMMAND_COLUMNS} FROM admin_commands WHERE command_id = $1`;
      const { rows } = await database.pool.query<CommandRow>(sql, [commandId]);
      return rows.length === 0 ? null : recordOf(rows[0]);
    },
    async newest(most) {
      const sql = `SELECT ${COMMAND_COLUMNS} FROM admin_commands ORDER BY received_at DESC, command_id DESC LIMIT $1`;
      const { rows } = await database.pool.query<CommandRow>(sql, [most]);
      return rows.map(recordOf);
    },
  };
}

export interface CommandRow {
  command_id: string;
  type: string;
  body: Record<string, unknown>;
  door: CommandDoor;
  issued_by: string | null;
  issued_at: Date | null;
  is_verified: boolean;
  received_at: Date;
  status: CommandRecord["status"];
  outcome: CommandRecord["outcome"];
  decided_at: Date | null;
  published_at: Date | null;
}

function valuesOf({ commandId, type, body, door, issuedBy, issuedAtMs, isVerified }: AdminCommand): unknown[] {
  const issuedAt = issuedAtMs === null ? null : new Date(issuedAtMs);
  return [commandId, type, storableJson(body), door, issuedBy, issuedAt, isVerified];
}

export function recordOf(row: CommandRow): CommandRecord {
  return {
    commandId: row.command_id,
    type: row.type,
    body: row.body,
    door: row.door,
    issuedBy: row.issued_by,
    issuedAtMs: row.issued_at?.getTime() ?? null,
    isVerified: row.is_verified,
    status: row.status,
    outcome: row.outcome,
    receivedAt: row.received_at,
    decidedAt: row.decided_at,
    publishedAt: row.published_at,
  };
}

async function mayDecide(client: PoolClient): Promise<boolean> {
  const sql = "SELECT pg_try_advisory_xact_lock($1) AS held";
  const { rows } = await client.query<{ held: boolean }>(sql, [DECIDING_LOCK]);
  return rows[0].held;
}
