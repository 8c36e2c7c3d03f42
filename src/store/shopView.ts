import { ACTION_TYPES } from "../domain/interaction.js";
import type { KnownProduct, ShopView } from "../domain/overview.js";
import type { Database } from "./database.js";

/**
 * $1 minutes. Rows of an import came at once and would hide everything else; one that was killed never says when it
 * ended, and is taken to have had an hour.
 */
const ARRIVALS_SQL = `
  SELECT date_trunc('minute', received_at) AS minute, action_code AS "actionCode", count(*)::int AS "nEvents"
  FROM interactions
  WHERE received_at >= date_trunc('minute', now()) - make_interval(mins => $1::int - 1)
    AND NOT EXISTS (
      SELECT FROM import_runs
      WHERE received_at BETWEEN started_at AND coalesce(finished_at, started_at + interval '1 hour'))
  GROUP BY 1, 2 ORDER BY 1, 2`;

const COLUMNS = `product_id AS "productId", name, category, brand, price, stock,
  NOT is_stub AND NOT is_deleted AND coalesce(is_available, stock IS NULL OR stock > 0) AS "isSold"`;

const OF_IDS_SQL = `SELECT ${COLUMNS} FROM products WHERE product_id = ANY ($1::text[])`;

/** $1 an id; $2 patterns that the name has to match, all of them; $3 how many. Reads every product: for people only. */
const SEARCH_SQL = `
  SELECT ${COLUMNS} FROM products
  WHERE NOT is_deleted AND (product_id = $1 OR name ILIKE ALL ($2::text[]))
  ORDER BY product_id <> $1, is_stub, name, product_id LIMIT $3`;

/** Looks up what a merchandiser wants to know of the shop besides lists. */
export function createShopView({ pool }: Database): ShopView {
  return {
    async arrivals(minutes) {
      const { rows } = await pool.query<{ minute: Date; actionCode: number; nEvents: number }>(ARRIVALS_SQL, [minutes]);
      return rows.map(({ minute, actionCode, nEvents }) => ({ minute, action: ACTION_TYPES[actionCode], nEvents }));
    },
    async productsOf(productIds) {
      return (await pool.query<KnownProduct>(OF_IDS_SQL, [productIds])).rows;
    },
    async searchProducts(words, most) {
      const patterns = words.split(/\s+/).filter((word) => word !== "");
      if (patterns.length === 0) return [];
      const values = [words.trim(), patterns.map((word) => `%${word.replace(/[\\%_]/g, "\\$&")}%`), most];
      return (await pool.query<KnownProduct>(SEARCH_SQL, values)).rows;
    },
  };
}
