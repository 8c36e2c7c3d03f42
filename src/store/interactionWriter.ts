import type { PoolClient } from "pg";
import { ACTION, actionCode, type Interaction } from "../domain/interaction.js";
import type { InteractionWriter } from "../domain/ports.js";
import { type Database, inTransaction } from "./database.js";
import { distinctInteractions } from "./distinctInteractions.js";
import { Partitions } from "./partitions.js";

/**
 * The receipts decide what counts: an event key that has one is a duplicate, whatever else differs. In key order, so
 * that two transactions with the same events take their locks in the same order and never wait in a circle.
 */
const RECEIPTS_SQL = `
  INSERT INTO interaction_receipts (event_key) SELECT unnest($1::uuid[]) ORDER BY 1
  ON CONFLICT DO NOTHING RETURNING event_key`;

/** A product named for the first time becomes a stub. Sorted, so that two writers never wait for each other. */
const STUBS_SQL = `
  INSERT INTO products (product_id, is_stub)
  SELECT product_id, true FROM (SELECT DISTINCT unnest($1::text[]) AS product_id ORDER BY 1) AS named
  WHERE NOT EXISTS (SELECT FROM products WHERE products.product_id = named.product_id)
  ON CONFLICT (product_id) DO NOTHING`;

const INTERACTIONS_SQL = `
  INSERT INTO interactions (event_key, user_id, session_id, product_no, action_code, action_name, value, order_id,
                            quantity, price, occurred_at)
  SELECT event_key, user_id, session_id, product_no, action_code, action_name, value, order_id, quantity,
         sent.price, occurred_at
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[], $7::float8[], $8::text[],
              $9::float8[], $10::float8[], $11::timestamptz[])
       AS sent (event_key, user_id, session_id, product_id, action_code, action_name, value, order_id, quantity, price,
                occurred_at)
  JOIN products USING (product_id)`;

/** Writes live interactions: exactly one effect per event key, in one transaction per call. */
export function createInteractionWriter(database: Database): InteractionWriter {
  const partitions = new Partitions(database.pool);
  return {
    async write(interactions) {
      const distinct = distinctInteractions(interactions);
      if (distinct.length === 0) return { accepted: 0, duplicates: 0 };
      await partitions.ensure(distinct.map(({ occurredAtMs }) => occurredAtMs));
      const accepted = await inTransaction(database.pool, (client) => writeDistinct(client, distinct));
      return { accepted, duplicates: interactions.length - accepted };
    },
  };
}

async function writeDistinct(client: PoolClient, distinct: readonly Interaction[]): Promise<number> {
  const keys = distinct.map(({ eventKey }) => eventKey);
  const { rows } = await client.query<{ event_key: string }>({
    name: "interaction-receipts",
    text: RECEIPTS_SQL,
    values: [keys],
  });
  if (rows.length === 0) return 0;
  const counted = new Set(rows.map((row) => row.event_key.replaceAll("-", "")));
  const fresh = distinct.filter(({ eventKey }) => counted.has(eventKey));
  const productIds = fresh.map(({ productId }) => productId);
  await client.query({ name: "product-stubs", text: STUBS_SQL, values: [productIds] });
  await client.query({ name: "interactions", text: INTERACTIONS_SQL, values: columnsOf(fresh, productIds) });
  return fresh.length;
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
