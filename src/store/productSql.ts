/**
 * Insert or replace catalogue products. What is known brings its number along: left to the default, an INSERT takes a new
 * number for every row, before it finds out that the row is there. In id order, so that two writers never wait in a
 * circle. A stub that the catalogue names now is as new as today; what it already had keeps its age.
 */
export const PRODUCTS_SQL = `
  INSERT INTO products AS stored (product_no, product_id, name, category, tags, price, description, brand, image_url,
    is_available)
  SELECT coalesce(known.product_no, nextval(pg_get_serial_sequence('products', 'product_no'))),
    sent."productId", sent.name, sent.category, sent.tags, sent.price, sent.description, sent.brand, sent."imageUrl",
    sent."isAvailable"
  FROM json_to_recordset($1::json) AS sent (
    "productId" text, name text, category text, tags text[], price float8, description text, brand text,
    "imageUrl" text, "isAvailable" boolean)
  LEFT JOIN products AS known ON known.product_id = sent."productId"
  ORDER BY sent."productId"
  ON CONFLICT (product_id) DO UPDATE SET
    name = excluded.name, category = excluded.category, tags = excluded.tags, price = excluded.price,
    description = excluded.description, brand = excluded.brand, image_url = excluded.image_url,
    is_available = excluded.is_available, is_stub = false, is_deleted = false,
    added_at = CASE WHEN stored.is_stub THEN now() ELSE stored.added_at END,
    updated_at = now(), changed_xid = pg_current_xact_id()::text::bigint
  WHERE stored.is_stub OR stored.is_deleted
     OR (stored.name, stored.category, stored.tags, stored.price, stored.description, stored.brand, stored.image_url,
         stored.is_available)
        IS DISTINCT FROM
        (excluded.name, excluded.category, excluded.tags, excluded.price, excluded.description, excluded.brand,
         excluded.image_url, excluded.is_available)`;
