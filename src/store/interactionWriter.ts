import type { PoolClient } from "pg";
import type { Interaction } from "../domain/interaction.js";
import type { InteractionWriter, LiveWriteResult, WriteResult } from "../domain/ports.js";
import { copyInteractions } from "./copyInteractions.js";
import { type Database, inTransaction } from "./database.js";
import { distinctInteractions } from "./distinctInteractions.js";
import { numberProducts } from "./numberProducts.js";
import { Partitions } from "./partitions.js";
import { followShoppers } from "./shopperFates.js";

/**
 * The receipts decide what counts: an event key that has one is a duplicate, whatever else differs. In key order, so
 * that two transactions with the same events take their locks in the same order and never wait in a circle.
 */
const RECEIPTS_SQL = `
  WITH counted AS (
    INSERT INTO interaction_receipts (event_key) SELECT unnest($1::uuid[]) ORDER BY 1
    ON CONFLICT DO NOTHING RETURNING event_key
  ) SELECT count(*)::int AS "nCounted", CASE WHEN count(*) < $2 THEN array_agg(event_key) END AS keys FROM counted`;

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
  if (fresh.length > 0) await append(client, fresh);
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

/** Those that count for the first time. Which they are is asked for only where not all do. */
async function takeReceipts(client: PoolClient, distinct: readonly Interaction[]): Promise<readonly Interaction[]> {
  const { rows } = await client.query<{ nCounted: number; keys: string[] | null }>({
    name: "interaction-receipts",
    text: RECEIPTS_SQL,
    // Keys are hex digits: nothing in the text of the array needs quotes.
    values: [`{${distinct.map(keyOf).join()}}`, distinct.length],
  });
  const [{ nCounted, keys }] = rows;
  if (nCounted === distinct.length) return distinct;
  const counted = new Set((keys ?? []).map((key) => key.replaceAll("-", "")));
  return distinct.filter(({ eventKey }) => counted.has(eventKey));
}

async function append(client: PoolClient, fresh: readonly Interaction[]): Promise<void> {
  const productIds = new Set(fresh.map(({ productId }) => productId));
  await copyInteractions(client, fresh, await numberProducts(client, [...productIds]));
}
