import type { PoolClient } from "pg";
import { mergeProductChanges, type ProductChange, type ProductUpdate } from "../domain/product.js";
import { STUBS_SQL } from "./numberProducts.js";
import { changedColumns, sentColumns, writesByAttributes } from "./productSql.js";

export interface ProductUpdateResult {
  /** Updates that were newer than what was stored. */
  readonly applied: number;
  /** Updates that changed nothing: repeated, or overtaken by a newer one. */
  readonly stale: number;
}

/**
 * Bring messages of the catalogue in, inside the caller's transaction and whatever their order: an update counts only
 * where its version is above the stored one, also when that one has deleted the product; several of one product count in
 * the order of their versions. A constant number of statements per 5,000 products.
 */
export async function applyProductUpdates(
  client: PoolClient,
  updates: readonly ProductUpdate[],
): Promise<ProductUpdateResult> {
  if (updates.length === 0) return { applied: 0, stale: 0 };
  const byProduct = groupByProduct(updates);
  const ids = [...byProduct.keys()];
  // What nobody has named yet becomes a row first: so there is one to lock, and what is absent stays as in a new product.
  await client.query(STUBS_SQL, [ids]);
  const { rows: standings } = await client.query<Standing>(STANDINGS_SQL, [ids]);
  const settled = standings.map((standing) => settle(standing, byProduct.get(standing.productId) ?? []));
  for (const { sql, rows } of writesByAttributes(settled.filter(isNews), ({ change }) => change, updateSql)) {
    for (let from = 0; from < rows.length; from += PRODUCTS_PER_STATEMENT) {
      const some = rows.slice(from, from + PRODUCTS_PER_STATEMENT);
      // The ids once more by themselves: PostgreSQL cannot tell how many rows a JSON text holds, but how long a list is.
      await client.query(sql, [JSON.stringify(some.map(toSent)), some.map(({ productId }) => productId)]);
    }
  }
  const applied = settled.reduce((sum, { nApplied }) => sum + nApplied, 0);
  return { applied, stale: updates.length - applied };
}

function groupByProduct(updates: readonly ProductUpdate[]): ReadonlyMap<string, readonly ProductUpdate[]> {
  const byProduct = new Map<string, ProductUpdate[]>();
  for (const update of updates) {
    const ofProduct = byProduct.get(update.change.productId);
    if (ofProduct === undefined) byProduct.set(update.change.productId, [update]);
    else ofProduct.push(update);
  }
  return byProduct;
}

/** Bounds how long one statement takes and how much text it carries. */
const PRODUCTS_PER_STATEMENT = 5000;

/** How a product stands, locked in id order: two writers never wait in a circle, and none decides on what is overtaken. */
const STANDINGS_SQL = `
  SELECT product_id AS "productId", version::float8, (extract(epoch FROM sent_at) * 1000)::float8 AS "sentAtMs",
    (extract(epoch FROM tombstone_at) * 1000)::float8 AS "tombstoneAtMs", is_deleted AS "isDeleted"
  FROM products WHERE product_id = ANY ($1) ORDER BY products.product_id FOR NO KEY UPDATE`;

/** Where a product has come in the messages of the catalogue. */
interface Standing {
  readonly productId: string;
  readonly version: number | null;
  readonly sentAtMs: number | null;
  readonly tombstoneAtMs: number | null;
  readonly isDeleted: boolean;
}

/** Where a product stands after some updates, and what they have changed. */
interface Settled extends Standing {
  readonly change: ProductChange;
  readonly nApplied: number;
}

const isNews = ({ nApplied }: Settled) => nApplied > 0;

function settle(stored: Standing, updates: readonly ProductUpdate[]): Settled {
  let standing: Settled = { ...stored, change: { productId: stored.productId }, nApplied: 0 };
  for (const update of updates.toSorted(byVersion)) standing = settleOne(standing, update);
  return standing;
}

/** Deletions without a version come last; only the time they were sent counts for them. */
function byVersion(a: ProductUpdate, b: ProductUpdate): number {
  return (a.version ?? Number.MAX_VALUE) - (b.version ?? Number.MAX_VALUE);
}

/** The newest version and the newest deletion without one are kept apart, so that their order of arrival is nothing. */
function settleOne(standing: Settled, update: ProductUpdate): Settled {
  if (update.version === null) return settleTombstone(standing, update.sentAtMs);
  if (standing.version !== null && update.version <= standing.version) return standing;
  return {
    ...standing,
    version: update.version,
    sentAtMs: update.sentAtMs,
    isDeleted: update.isDeleted || isBuried(update.sentAtMs, standing.tombstoneAtMs),
    change: mergeProductChanges(standing.change, update.change),
    nApplied: standing.nApplied + 1,
  };
}

function settleTombstone(standing: Settled, sentAtMs: number | null): Settled {
  if (sentAtMs === null || sentAtMs <= (standing.tombstoneAtMs ?? Number.NEGATIVE_INFINITY)) return standing;
  const isDeleted = standing.isDeleted || isBuried(standing.sentAtMs, sentAtMs);
  return { ...standing, tombstoneAtMs: sentAtMs, isDeleted, nApplied: standing.nApplied + 1 };
}

function isBuried(sentAtMs: number | null, tombstoneAtMs: number | null): boolean {
  return tombstoneAtMs !== null && tombstoneAtMs > (sentAtMs ?? Number.NEGATIVE_INFINITY);
}

function toSent({ change, version, sentAtMs, tombstoneAtMs, isDeleted }: Settled) {
  return { ...change, version, sentAt: timeText(sentAtMs), tombstoneAt: timeText(tombstoneAtMs), isDeleted };
}

function timeText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function updateSql(named: Parameters<typeof sentColumns>[0]): string {
  const changed = changedColumns(named, (attribute) => `sent."${attribute}"`);
  return `
    UPDATE products AS stored SET ${changed.map(([column, value]) => `${column} = ${value}, `).join("")}
      version = sent.version, sent_at = sent."sentAt", tombstone_at = sent."tombstoneAt",
      is_deleted = sent."isDeleted", is_stub = false,
      added_at = CASE WHEN stored.is_stub THEN now() ELSE stored.added_at END,
      updated_at = now(), changed_xid = pg_current_xact_id()::text::bigint
    FROM json_to_recordset($1::json) AS sent ("productId" text, version bigint, "sentAt" timestamptz,
      "tombstoneAt" timestamptz, "isDeleted" boolean ${sentColumns(named)})
    WHERE stored.product_id = sent."productId" AND stored.product_id = ANY ($2)`;
}
