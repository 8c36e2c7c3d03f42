import type { PoolClient } from "pg";
import { ACTION, actionCode, type Interaction } from "../domain/interaction.js";
import type { InteractionWriter, LiveWriteResult, WriteResult } from "../domain/ports.js";
import { type Database, inTransaction } from "./database.js";
import { distinctInteractions } from "./distinctInteractions.js";
import { interactionsSql, stubsSql } from "./interactionSql.js";
import { Partitions } from "./partitions.js";
import { followShoppers } from "./shopperFates.js";

/**
 * The receipts decide what counts: an event key that has one is a duplicate, whatever else differs. In key order, so
 * that two transactions with the same events take their locks in the same order and never wait in a circle.
 */
const RECEIPTS_SQL = `
  INSERT INTO interaction_receipts (event_key) SELECT unnest($1::uuid[]) ORDER BY 1
  ON CONFLICT DO NOTHING RETURNING event_key`;

const STUBS_SQL = stubsSql("SELECT unnest($1::text[]) AS product_id");

const INTERACTIONS_SQL = interactionsSql(`
  unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::float8[], $8::text[],
         $9::float8[], $10::float8[], $11::timestamptz[])
  AS sent (event_key, user_id, session_id, product_id, action_code, action_name, value, order_id, quantity, price,
           occurred_at)`);

/** Writes live interactions: exactly one effect per event key, in one transaction per call. */
export function createInteractionWriter(database: Database): InteractionWriter {
  const partitions = new Partitions(database.pool);
  return {
    async write(interactions) {
      if (interactions.length === 0) return NOTHING_WRITTEN;
      await partitions.ensure(interactions.map(({ occurredAtMs }) => occurredAtMs));
      const work = (client: PoolClient) => writeInteractionsIn(client, interactions);
      const { fresh: _, ...result } = await inTransaction(database.pool, work);
      return result;
    },
  };
}

/** What became of interactions, and which of them counted. */
export interface WrittenInteractions extends LiveWriteResult {
  readonly fresh: readonly Interaction[];
}

const NO_KEYS: ReadonlySet<string> = new Set();
const NOTHING_WRITTEN = { accepted: 0, duplicates: 0, fresh: [], countedKeys: NO_KEYS, erasedKeys: NO_KEYS };

/**
 * The one write of live interactions, as part of a transaction that the caller commits: exactly one effect per event
 * key. Their partitions were made sure of before the transaction began; what has none lies in the default partition.
 */
export async function writeInteractionsIn(
  client: PoolClient,
  interactions: readonly Interaction[],
): Promise<WrittenInteractions> {
  const distinct = distinctInteractions(interactions);
  if (distinct.length === 0) return NOTHING_WRITTEN;
  const followed = await followShoppers(client, distinct);
  const fresh = await takeReceipts(client, followed.interactions);
  if (fresh.length > 0) await insert(client, fresh);
  const erasedKeys = followed.nErased === 0 ? NO_KEYS : keysWithout(distinct, followed.interactions);
  const countedKeys = new Set(fresh.map(keyOf));
  return { ...writeResult(interactions.length, fresh.length, followed.nErased), fresh, countedKeys, erasedKeys };
}

function keyOf({ eventKey }: Interaction): string {
  return eventKey;
}

function keysWithout(all: readonly Interaction[], left: readonly Interaction[]): ReadonlySet<string> {
  const keys = new Set(all.map(keyOf));
  for (const { eventKey } of left) keys.delete(eventKey);
  return keys;
}

/** What is neither new nor refused has counted before. */
export function writeResult(nSent: number, accepted: number, erased: number): WriteResult {
  const duplicates = nSent - accepted - erased;
  return erased === 0 ? { accepted, duplicates } : { accepted, duplicates, erased };
}

/** Those that count for the first time. */
async function takeReceipts(client: PoolClient, distinct: readonly Interaction[]): Promise<Interaction[]> {
  const { rows } = await client.query<{ event_key: string }>({
    name: "interaction-receipts",
    text: RECEIPTS_SQL,
    values: [distinct.map(({ eventKey }) => eventKey)],
  });
  const counted = new Set(rows.map((row) => row.event_key.replaceAll("-", "")));
  return distinct.filter(({ eventKey }) => counted.has(eventKey));
}

async function insert(client: PoolClient, fresh: readonly Interaction[]): Promise<void> {
  const productIds = fresh.map(({ productId }) => productId);
  await client.query({ name: "product-stubs", text: STUBS_SQL, values: [productIds] });
  await client.query({ name: "interactions", text: INTERACTIONS_SQL, values: columnsOf(fresh, productIds) });
}

function columnsOf(interactions: readonly Interaction[], productIds: readonly string[]): unknown[] {
  return [
    interactions.map(({ eventKey }) => eventKey),
    interactions.map(({ userId }) => userId),
    interactions.map(({ sessionId }) => sessionId),
    productIds,
    interactions.map(({ actionName }) => actionCode(actionName)),
    interactions.map(({ actionName }) => uncodedName(actionName)),
    interactions.map(({ value }) => value),
    interactions.map(({ orderId }) => orderId),
    interactions.map(({ quantity }) => quantity),
    interactions.map(({ price }) => price),
    interactions.map(({ occurredAtMs }) => (occurredAtMs === null ? null : new Date(occurredAtMs).toISOString())),
  ];
}

/** The name is kept only where the code does not say it. */
export function uncodedName(actionName: string): string | null {
  return actionCode(actionName) === ACTION.other ? actionName : null;
}
