import type { PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { actionCode, type Interaction } from "../domain/interaction.js";
import type { BulkWriter } from "../domain/ports.js";
import { type Database, inTransaction } from "./database.js";
import { distinctInteractions } from "./distinctInteractions.js";
import { interactionsSql, stubsSql } from "./interactionSql.js";
import { uncodedName, writeResult } from "./interactionWriter.js";
import { Partitions } from "./partitions.js";
import { productsWrites } from "./productSql.js";
import { enterShoppers, followShoppers } from "./shopperFates.js";
import { tombstoneHash } from "./tombstoneSql.js";

const INCOMING_SQL = `
  CREATE TEMP TABLE incoming (
    event_key uuid, user_id text, session_id text, product_id text, action_code smallint, action_name text,
    value float8, order_id text, quantity float8, price float8, occurred_at timestamptz
  ) ON COMMIT DROP`;

/** What has a receipt has counted before; the rest of the chunk gets one, in key order as in every other write. */
const DROP_DUPLICATES_SQL = `
  WITH counted AS (
    INSERT INTO interaction_receipts (event_key) SELECT event_key FROM incoming ORDER BY 1
    ON CONFLICT DO NOTHING RETURNING event_key
  ) DELETE FROM incoming WHERE NOT EXISTS (SELECT FROM counted WHERE counted.event_key = incoming.event_key)`;

const STUBS_SQL = stubsSql("SELECT product_id FROM incoming");
const INTERACTIONS_SQL = interactionsSql("incoming AS sent");

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

/** Loads files: a chunk of interactions is one transaction through COPY, with the same effect per key as a live write. */
export function createBulkWriter({ pool }: Database): BulkWriter {
  const partitions = new Partitions(pool);
  return {
    async writeInteractions(interactions) {
      const distinct = distinctInteractions(interactions);
      if (distinct.length === 0) return { accepted: 0, duplicates: 0 };
      await partitions.ensure(distinct.map(({ occurredAtMs }) => occurredAtMs));
      return inTransaction(pool, async (client) => {
        const followed = await followShoppers(client, distinct);
        const accepted = await loadChunk(client, followed.interactions);
        return writeResult(interactions.length, accepted, followed.nErased);
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

async function loadChunk(client: PoolClient, distinct: readonly Interaction[]): Promise<number> {
  await client.query("SET LOCAL statement_timeout = 0");
  await client.query(INCOMING_SQL);
  await copyIn(client, "COPY incoming FROM STDIN", distinct.map(copyLine).join(""));
  await client.query(DROP_DUPLICATES_SQL);
  await client.query(STUBS_SQL);
  const { rowCount } = await client.query(INTERACTIONS_SQL);
  return rowCount ?? 0;
}

function copyIn(client: PoolClient, sql: string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(sql));
    stream.on("error", reject).on("finish", resolve);
    stream.end(text);
  });
}

function copyLine(one: Interaction): string {
  const code = actionCode(one.actionName);
  const name = uncodedName(one.actionName);
  const time = one.occurredAtMs === null ? "\\N" : new Date(one.occurredAtMs).toISOString();
  return `${one.eventKey}\t${copyText(one.userId)}\t${copyText(one.sessionId)}\t${copyText(one.productId)}\t${code}\t${copyText(name)}\t${one.value ?? "\\N"}\t${copyText(one.orderId)}\t${one.quantity ?? "\\N"}\t${one.price ?? "\\N"}\t${time}\n`;
}

const NEEDS_ESCAPE = /[\\\t\n\r]/;
const ESCAPED: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function copyText(text: string | null): string {
  if (text === null) return "\\N";
  return NEEDS_ESCAPE.test(text) ? text.replace(/[\\\t\n\r]/g, (c) => ESCAPED[c]) : text;
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
