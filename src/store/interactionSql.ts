/** The SQL that live and bulk writes share: both have the same effect on the same events. */

const COLUMNS = "event_key, user_id, session_id, product_no, action_code, action_name, value, order_id, quantity";

/**
 * Turn product ids named for the first time into stubs. In id order, so that two writers never wait for each other.
 *
 * @param productIds a query with one column, product_id
 */
export function stubsSql(productIds: string): string {
  return `
    INSERT INTO products (product_id, is_stub)
    SELECT product_id, true FROM (SELECT DISTINCT product_id FROM (${productIds}) AS sent ORDER BY 1) AS named
    WHERE NOT EXISTS (SELECT FROM products WHERE products.product_id = named.product_id)
    ON CONFLICT (product_id) DO NOTHING`;
}

/**
 * Insert interactions whose products are known by now.
 *
 * @param sent what stands in FROM: rows with product_id and the other columns of an interaction, under the name `sent`
 */
export function interactionsSql(sent: string): string {
  return `
    INSERT INTO interactions (${COLUMNS}, price, occurred_at)
    SELECT ${COLUMNS}, sent.price, occurred_at FROM ${sent} JOIN products USING (product_id)`;
}
