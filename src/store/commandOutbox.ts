import type { DecidedCommand } from "../domain/adminCommand.js";
import type { CommandOutbox } from "../domain/administration.js";
import { LOCK } from "./advisoryLocks.js";
import { COMMAND_COLUMNS, type CommandRow, recordOf } from "./commandStore.js";
import { type Database, inTransaction } from "./database.js";

const UNPUBLISHED_SQL = `
  SELECT ${COMMAND_COLUMNS} FROM admin_commands
  WHERE door = 'kafka' AND decided_at IS NOT NULL AND published_at IS NULL
  ORDER BY decided_at, command_id LIMIT $1`;

/**
 * Keeps which outcomes were told. The one transaction holds a lock while it waits for the brokers, and no row: decisions
 * and erasures go on meanwhile.
 */
export function createCommandOutbox({ pool }: Database): CommandOutbox {
  return {
    publish: (most, send) =>
      inTransaction(pool, async (client) => {
        const held = "SELECT pg_try_advisory_xact_lock($1) AS held";
        if (!(await client.query(held, [LOCK.publishOutcomes])).rows[0].held) return 0;
        const { rows } = await client.query<CommandRow>({ name: "outcomes", text: UNPUBLISHED_SQL, values: [most] });
        if (rows.length === 0) return 0;
        await send(rows.map((row) => recordOf(row) as DecidedCommand));
        const sql = "UPDATE admin_commands SET published_at = clock_timestamp() WHERE command_id = ANY ($1)";
        await client.query(sql, [rows.map((row) => row.command_id)]);
        return rows.length;
      }),
  };
}
