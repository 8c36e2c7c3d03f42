import type { QueryConfig } from "pg";
import type { CatalogueSource } from "../domain/ports.js";
import type { Database } from "./database.js";
import { PRODUCT_COLUMNS, type ProductRow, productOf } from "./productRow.js";

const POSITION_SQL = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS position";

const PRODUCTS_SQL = `
  SELECT seen.position, ${PRODUCT_COLUMNS} FROM (${POSITION_SQL}) AS seen LEFT JOIN products ON true`;

/**
 * Products and the position after them, from one snapshot. The position is the oldest transaction that was still
 * running: whatever it or a later one writes is asked for again, so a transaction that commits late is not missed. Some
 * rows come twice, which changes nothing.
 *
 * A row out of a dump may bear the number of a transaction that this server has yet to reach, and would be a change for
 * ever. Such a row is a change as long as the transaction that really wrote it (xmin) is one; ages are compared, because
 * xmin wraps around.
 */
const CHANGES_SQL = `
  SELECT seen.position, ${PRODUCT_COLUMNS} FROM (${POSITION_SQL}) AS seen
  LEFT JOIN products ON changed_xid >= $1::bigint AND (
    changed_xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    OR age(products.xmin) <= age(($1::bigint % 4294967296)::text::xid))`;

type ChangeRow = { readonly position: string } & (ProductRow | { readonly product_no: null });

/** A connection that was cut without a word is given up after this; the next question takes another. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Reads the catalogue for a serving replica: all of it once, then what changed. */
export function createCatalogueSource({ pool }: Database): CatalogueSource {
  async function load(query: QueryConfig & { query_timeout?: number }) {
    const { rows } = await pool.query<ChangeRow>(query);
    const products = rows.filter((row): row is { position: string } & ProductRow => row.product_no !== null);
    return { products: products.map(productOf), position: rows[0].position };
  }
  return {
    loadProducts: () => load({ name: "products", text: PRODUCTS_SQL }),
    loadChanges: (position) =>
      load({
        name: "product-changes",
        text: CHANGES_SQL,
        values: [position],
        query_timeout: ANSWER_TIMEOUT_MS,
      }),
  };
}
