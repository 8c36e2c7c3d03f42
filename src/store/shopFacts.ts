import { ACTION } from "../domain/interaction.js";
import type { Database } from "./database.js";

/** Whether nothing was ever stored: no product, not even a stub. */
export async function isShopEmpty({ pool }: Database): Promise<boolean> {
  const { rows } = await pool.query<{ is_empty: boolean }>("SELECT NOT EXISTS (SELECT FROM products) AS is_empty");
  return rows[0].is_empty;
}

export interface ExampleSubjects {
  /** Well-known products, the most purchased first. */
  readonly products: readonly { readonly productId: string; readonly name: string | null }[];
  /** Shoppers with a history that says something. */
  readonly userIds: readonly string[];
}

/** A few real ids to try the subgraph with. Reads every interaction once: for a start in development only. */
export async function exampleSubjects({ pool }: Database): Promise<ExampleSubjects> {
  const products = await pool.query<{ productId: string; name: string | null }>(
    `SELECT product_id AS "productId", name FROM products
     JOIN (SELECT product_no, count(DISTINCT user_id) AS n FROM interactions WHERE action_code = ${ACTION.purchase}
           GROUP BY product_no) AS sold USING (product_no)
     WHERE coalesce(is_available, stock IS NULL OR stock > 0) AND NOT is_deleted AND NOT is_stub
     ORDER BY n DESC, product_id LIMIT 3`,
  );
  const users = await pool.query<{ user_id: string }>(
    `SELECT user_id FROM interactions WHERE user_id IS NOT NULL
     GROUP BY user_id HAVING count(*) BETWEEN 20 AND 60 ORDER BY max(occurred_at) DESC NULLS LAST, user_id LIMIT 3`,
  );
  return { products: products.rows, userIds: users.rows.map((row) => row.user_id) };
}
