import type { PoolClient } from "pg";
import type { AskedShoppers, InteractionColumns, TrainingSource } from "../domain/ports.js";
import { segmentsOf } from "../domain/segments.js";
import type { Database } from "./database.js";
import { PRODUCT_COLUMNS, type ProductRow, productOf } from "./productRow.js";

const PAGE_ROWS = 5_000;

const ALLOWED = "NOT EXISTS (SELECT FROM users WHERE users.user_id = interactions.user_id AND is_opted_out)";

const interactionsSql = ({ withOptedOut }: AskedShoppers) => `
  DECLARE interactions_page NO SCROLL CURSOR FOR
  SELECT coalesce(user_id, session_id), product_id, action_code, (extract(epoch FROM occurred_at) * 1000)::float8,
         value, order_id, event_key
  FROM interactions JOIN products USING (product_no)
  WHERE NOT is_deleted${withOptedOut ? "" : ` AND ${ALLOWED}`}`;

const NOT_ASKED: AskedShoppers = { withOptedOut: false };

type InteractionRow = [string, string, number, number | null, number | null, string | null, string];

/** Reads everything once for training, in one snapshot. */
export function createTrainingSource({ pool }: Database): TrainingSource {
  return {
    async countInteractions() {
      const { rows } = await pool.query<{ n: string }>("SELECT count(*) AS n FROM interactions");
      return Number(rows[0].n);
    },
    async *readInteractions(asked = NOT_ASKED) {
      const client = await pool.connect();
      let isDone = false;
      try {
        await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        await client.query(interactionsSql(asked));
        for (let page = await fetchPage(client); page.shopper.length > 0; page = await fetchPage(client)) yield page;
        await client.query("COMMIT");
        isDone = true;
      } finally {
        // A reader that stops early leaves a transaction open: the connection goes with it.
        client.release(!isDone);
      }
    },
    async readSegments({ withOptedOut } = NOT_ASKED) {
      const { rows } = await pool.query<{ user_id: string; attributes: Record<string, string> }>(
        "SELECT user_id, attributes FROM users WHERE attributes <> '{}' AND ($1 OR NOT is_opted_out)",
        [withOptedOut],
      );
      return new Map(rows.map((row) => [row.user_id, segmentsOf(row.attributes)]));
    },
    async readProducts() {
      const { rows } = await pool.query<ProductRow>(`SELECT ${PRODUCT_COLUMNS} FROM products WHERE NOT is_deleted`);
      return rows.map(productOf);
    },
  };
}

async function fetchPage(client: PoolClient): Promise<InteractionColumns> {
  const { rows } = await client.query<InteractionRow>({
    text: `FETCH ${PAGE_ROWS} FROM interactions_page`,
    rowMode: "array",
  });
  return {
    shopper: rows.map((row) => row[0]),
    productId: rows.map((row) => row[1]),
    action: Uint8Array.from(rows, (row) => row[2]),
    occurredAtMs: Float64Array.from(rows, (row) => row[3] ?? Number.NaN),
    value: Float64Array.from(rows, (row) => row[4] ?? Number.NaN),
    orderId: rows.map((row) => row[5]),
    eventKey: rows.map((row) => row[6]),
  };
}
