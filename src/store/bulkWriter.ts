import type { PoolClient } from "pg";
import type { BulkWriter } from "../domain/ports.js";
import { type Database, inTransaction } from "./database.js";
import { writeInteractionsIn } from "./interactionWriter.js";
import { Partitions } from "./partitions.js";
import { productsWrites } from "./productSql.js";
import { enterShoppers } from "./shopperFates.js";
import { tombstoneHash } from "./tombstoneSql.js";

/**
 * A row under a merged name is left to the one it was merged into. A row has no time, so it is old: of somebody who was
 * erased it is taken only once they have come back.
 */
const USERS_SQL = `
  INSERT INTO users AS stored (user_id, attributes)
  SELECT "userId", attributes FROM json_to_recordset($1::json) AS sent ("userId" text, attributes jsonb)
  WHERE NOT EXISTS (SELECT FROM shopper_aliases WHERE kind = 'user' AND alias_id = "userId")
    AND (NOT EXISTS (SELECT FROM shopper_tombstones WHERE shopper_hash = ${tombstoneHash('"userId"')})
         OR EXISTS (SELECT FROM interactions WHERE user_id = "userId"))
  ORDER BY 1
  ON CONFLICT (user_id) DO UPDATE SET attributes = excluded.attributes
  WHERE stored.attributes IS DISTINCT FROM excluded.attributes`;

/** Loads files: a chunk of interactions is one transaction, the same write as that of live ones. */
export function createBulkWriter({ pool }: Database): BulkWriter {
  const partitions = new Partitions(pool);
  return {
    async writeInteractions(interactions) {
      await partitions.ensure(interactions.map(({ occurredAtMs }) => occurredAtMs));
      return inTransaction(pool, async (client) => {
        await client.query("SET LOCAL statement_timeout = 0");
        return writeInteractionsIn(client, interactions);
      });
    },
    async writeProducts(products) {
      let changed = 0;
      for (const { sql, rows } of productsWrites(products)) changed += await upsert(pool, sql, rows);
      return { changed };
    },
    async writeUsers(users) {
      const rows = lastOfEach(users, ({ userId }) => userId);
      return { changed: await upsert(pool, USERS_SQL, rows, enterShoppers) };
    },
    async analyze() {
      // VACUUM writes the visibility map, which lets histories be read from the index alone.
      await inMaintenance(pool, "VACUUM (ANALYZE) products, interactions, interaction_receipts, users");
    },
  };
}

/** One statement may touch a row only once: of several rows with one id the last stands. */
function lastOfEach<T>(rows: readonly T[], idOf: (row: T) => string): readonly T[] {
  return [...new Map(rows.map((row) => [idOf(row), row])).values()];
}

async function upsert(
  pool: Database["pool"],
  sql: string,
  rows: readonly unknown[],
  enter: (client: PoolClient) => Promise<unknown> = async () => {},
): Promise<number> {
  const { rowCount } = await inTransaction(pool, async (client) => {
    await client.query("SET LOCAL statement_timeout = 0");
    await enter(client);
    return client.query(sql, [JSON.stringify(rows)]);
  });
  return rowCount ?? 0;
}

/** VACUUM runs in no transaction, and longer than a request may. */
async function inMaintenance(pool: Database["pool"], sql: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("SET statement_timeout = 0");
    await client.query(sql);
  } finally {
    // The changed timeout must not stay with a connection that serves requests.
    client.release(true);
  }
}
