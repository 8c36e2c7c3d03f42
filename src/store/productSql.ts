import { NEW_PRODUCT, type ProductChange } from "../domain/product.js";

type Attribute = keyof typeof NEW_PRODUCT;

const ATTRIBUTES = Object.keys(NEW_PRODUCT) as Attribute[];
const COLUMN: Partial<Record<Attribute, string>> = { imageUrl: "image_url", isAvailable: "is_available" };
const TYPE: Partial<Record<Attribute, string>> = { tags: "text[]", price: "float8", isAvailable: "boolean" };

const columnOf = (attribute: Attribute) => COLUMN[attribute] ?? attribute;
const typeOf = (attribute: Attribute) => TYPE[attribute] ?? "text";

/** One statement and the rows for it: products of which the same attributes are named, each once. */
export interface ProductsWrite {
  readonly sql: string;
  readonly rows: readonly ProductChange[];
}

/** The writes that bring these changes in. A CSV file names the same columns in every row, and is one. */
export function productsWrites(changes: readonly ProductChange[]): ProductsWrite[] {
  const writes = new Map<string, { sql: string; rows: ProductChange[] }>();
  for (const change of mergedById(changes)) {
    const named = ATTRIBUTES.filter((attribute) => change[attribute] !== undefined);
    const write = writes.get(named.join()) ?? { sql: productsSql(named), rows: [] };
    writes.set(named.join(), write);
    write.rows.push(change);
  }
  return [...writes.values()];
}

/** One statement may touch a row only once: of several changes of one product the later stand over the earlier. */
function mergedById(changes: readonly ProductChange[]): Iterable<ProductChange> {
  const byId = new Map<string, ProductChange>();
  for (const change of changes) byId.set(change.productId, { ...byId.get(change.productId), ...change });
  return byId.values();
}

/**
 * Insert or change products, given these attributes. What is known brings its number along: left to the default, an
 * INSERT takes a new number for every row, before it finds out that the row is there. In id order, so that two writers
 * never wait in a circle. A stub that the catalogue names now is as new as today; what it already had keeps its age.
 */
function productsSql(named: readonly Attribute[]): string {
  const columns = named.map(columnOf);
  return `
    INSERT INTO products AS stored (${["product_no", "product_id", ...columns].join()})
    SELECT coalesce(known.product_no, nextval(pg_get_serial_sequence('products', 'product_no'))),
      ${["productId", ...named].map((attribute) => `sent."${attribute}"`).join()}
    FROM json_to_recordset($1::json) AS sent (
      "productId" text ${named.map((attribute) => `, "${attribute}" ${typeOf(attribute)}`).join("")})
    LEFT JOIN products AS known ON known.product_id = sent."productId"
    ORDER BY sent."productId"
    ON CONFLICT (product_id) DO UPDATE SET
      ${columns.map((column) => `${column} = excluded.${column}, `).join("")} is_stub = false, is_deleted = false,
      added_at = CASE WHEN stored.is_stub THEN now() ELSE stored.added_at END,
      updated_at = now(), changed_xid = pg_current_xact_id()::text::bigint
    WHERE stored.is_stub OR stored.is_deleted
      ${columns.map((column) => `OR stored.${column} IS DISTINCT FROM excluded.${column}`).join(" ")}`;
}
