import { mergeProductChanges, NEW_PRODUCT, type ProductChange } from "../domain/product.js";

type Attribute = keyof typeof NEW_PRODUCT;

const ATTRIBUTES = Object.keys(NEW_PRODUCT) as Attribute[];
const COLUMN: Partial<Record<Attribute, string>> = { imageUrl: "image_url", isAvailable: "is_available" };
const TYPE: Partial<Record<Attribute, string>> = {
  tags: "text[]",
  price: "float8",
  stock: "float8",
  isAvailable: "boolean",
};

const columnOf = (attribute: Attribute) => COLUMN[attribute] ?? attribute;

/** One statement and the rows for it: products of which the same attributes are named, each once. */
export interface ProductsWrite<Row> {
  readonly sql: string;
  readonly rows: readonly Row[];
}

/** The writes that bring these changes in. A CSV file names the same columns in every row, and is one. */
export function productsWrites(changes: readonly ProductChange[]): ProductsWrite<ProductChange>[] {
  return writesByAttributes(mergedById(changes), (change) => change, productsSql);
}

/** Rows that name the same attributes go into one statement. */
export function writesByAttributes<Row>(
  rows: Iterable<Row>,
  changeOf: (row: Row) => ProductChange,
  sqlOf: (named: readonly Attribute[]) => string,
): ProductsWrite<Row>[] {
  const writes = new Map<string, { sql: string; rows: Row[] }>();
  for (const row of rows) {
    const change = changeOf(row);
    const named = ATTRIBUTES.filter((attribute) => change[attribute] !== undefined);
    const write = writes.get(named.join()) ?? { sql: sqlOf(named), rows: [] };
    writes.set(named.join(), write);
    write.rows.push(row);
  }
  return [...writes.values()];
}

/** One statement may touch a row only once: of several changes of one product the later stand over the earlier. */
function mergedById(changes: readonly ProductChange[]): Iterable<ProductChange> {
  const byId = new Map<string, ProductChange>();
  for (const change of changes) byId.set(change.productId, mergeProductChanges(byId.get(change.productId), change));
  return byId.values();
}

/** The columns of the attributes as json_to_recordset is told of them, each after a comma. */
export function sentColumns(named: readonly Attribute[]): string {
  return named.map((attribute) => `, "${attribute}" ${TYPE[attribute] ?? "text"}`).join("");
}

/**
 * What an UPDATE of `stored` gives to each column these attributes change, as [column, value]. Stock that comes without a
 * word on availability decides again (see mergeProductChanges).
 *
 * @param sentFor what was sent for an attribute
 */
export function changedColumns(
  named: readonly Attribute[],
  sentFor: (attribute: Attribute, column: string) => string,
): (readonly [column: string, value: string])[] {
  const columns = named.map((attribute) => [columnOf(attribute), sentFor(attribute, columnOf(attribute))] as const);
  const isForStock = named.includes("stock") && !named.includes("isAvailable");
  return isForStock ? [...columns, ["is_available", "nullif(stored.is_available, true)"]] : columns;
}

/**
 * Insert or change products, given these attributes. What is known brings its number along: left to the default, an
 * INSERT takes a new number for every row, before it finds out that the row is there. In id order, so that two writers
 * never wait in a circle. A stub that the catalogue names now is as new as today; what it already had keeps its age.
 */
function productsSql(named: readonly Attribute[]): string {
  const columns = named.map(columnOf);
  const changed = changedColumns(named, (_, column) => `excluded.${column}`);
  return `
    INSERT INTO products AS stored (${["product_no", "product_id", ...columns].join()})
    SELECT coalesce(known.product_no, nextval(pg_get_serial_sequence('products', 'product_no'))),
      ${["productId", ...named].map((attribute) => `sent."${attribute}"`).join()}
    FROM json_to_recordset($1::json) AS sent (
      "productId" text ${sentColumns(named)})
    LEFT JOIN products AS known ON known.product_id = sent."productId"
    ORDER BY sent."productId"
    ON CONFLICT (product_id) DO UPDATE SET
      ${changed.map(([column, value]) => `${column} = ${value}, `).join("")} is_stub = false, is_deleted = false,
      added_at = CASE WHEN stored.is_stub THEN now() ELSE stored.added_at END,
      updated_at = now(), changed_xid = pg_current_xact_id()::text::bigint
    WHERE stored.is_stub OR stored.is_deleted
      ${changed.map(([column, value]) => `OR stored.${column} IS DISTINCT FROM ${value}`).join(" ")}`;
}
