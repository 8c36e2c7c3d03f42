import type { CatalogueSource } from "../domain/ports.js";
import type { Database } from "./database.js";
import { PRODUCT_COLUMNS, type ProductRow, productOf } from "./productRow.js";

/**
 * Products and the position after them, from one snapshot. The position is the oldest transaction that was still
 * running: whatever it or a later one writes is asked for again, so a transaction that commits late is not missed. Some
 * rows come twice, which changes nothing.
 */
const CHANGES_SQL = `
  SELECT seen.position, ${PRODUCT_COLUMNS}
  FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS position) AS seen
  LEFT JOIN products ON changed_xid >= $1::bigint`;

type ChangeRow = { readonly position: string } & (ProductRow | { readonly product_no: null });

const FROM_THE_BEGINNING = "0";

/** Reads the catalogue for a serving replica: all of it once, then what changed. */
export function createCatalogueSource({ pool }: Database): CatalogueSource {
  async function loadChanges(position: string) {
    const { rows } = await pool.query<ChangeRow>({ name: "product-changes", text: CHANGES_SQL, values: [position] });
    const products = rows.filter((row): row is { position: string } & ProductRow => row.product_no !== null);
    return { products: products.map(productOf), position: rows[0].position };
  }
  return { loadChanges, loadProducts: () => loadChanges(FROM_THE_BEGINNING) };
}
