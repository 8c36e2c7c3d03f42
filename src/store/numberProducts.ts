import type { PoolClient } from "pg";

/** Turn product ids ($1) named for the first time into stubs. In id order, so that two writers never wait for each other. */
export const STUBS_SQL = `
  INSERT INTO products (product_id, is_stub)
  SELECT product_id, true FROM (SELECT DISTINCT unnest($1::text[]) AS product_id ORDER BY 1) AS named
  WHERE NOT EXISTS (SELECT FROM products WHERE products.product_id = named.product_id)
  ON CONFLICT (product_id) DO NOTHING`;

/**
 * One text for all numbers: as rows they would take longer to send and to read than to find. Asked for one by one, so
 * that an index answers, whatever PostgreSQL believes of the size of a table that has only begun to grow.
 */
const NUMBERS_SQL = `
  SELECT string_agg(coalesce((SELECT product_no FROM products WHERE product_id = sent.id)::text, ''), ',' ORDER BY place)
    AS numbers
  FROM unnest($1::text[]) WITH ORDINALITY AS sent (id, place)`;

/**
 * The store numbers of products, as the caller's transaction sees them; those that nobody has named yet become stubs.
 *
 * @param productIds each once, at least one
 */
export async function numberProducts(
  client: PoolClient,
  productIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const numbers = await findNumbers(client, productIds);
  const unknown = productIds.filter((_, i) => numbers[i] === "");
  if (unknown.length === 0) return new Map(productIds.map((id, i) => [id, numbers[i]]));
  await client.query({ name: "product-stubs", text: STUBS_SQL, values: [unknown] });
  const made = await findNumbers(client, unknown);
  let nMade = 0;
  return new Map(productIds.map((id, i) => [id, numbers[i] === "" ? made[nMade++] : numbers[i]]));
}

async function findNumbers(client: PoolClient, productIds: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ numbers: string }>({
    name: "product-numbers",
    text: NUMBERS_SQL,
    values: [productIds],
  });
  return rows[0].numbers.split(",");
}
