import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { hashId } from "../../../src/domain/ids.js";
import { findTable, listFolder, type TableName } from "../../../src/ingest/findTable.js";
import type { RawFields } from "../../../src/ingest/readField.js";
import { readTable } from "../../../src/ingest/readTable.js";

export interface ColdSplitOptions {
  /** Share of the products that the training does not see. */
  readonly share: number;
  readonly seed: number;
}

/** The file of the hidden products, in the folder of a split. */
export const COLD_PRODUCTS = "cold_items.csv";
/** Whoever has chosen less than that cannot be told anything. */
const MIN_PRODUCTS_LEFT = 2;

/**
 * Write a cold split of a data set: interactions with some products are hidden from the learning part, and every
 * interaction with one of them becomes the test, for users who have chosen at least two other products. The catalogue
 * keeps all products. Which are hidden is decided by a seeded hash of their ids, whatever the order of the files.
 */
export async function writeColdSplit(source: string, target: string, options: ColdSplitOptions): Promise<void> {
  const names = await listFolder(source);
  const products = findTable(source, names, "products");
  if (products === null) throw new Error(`Cannot split ${source}: a file of products is required, found none`);
  const rowsOf = (name: TableName) => rowsIn(source, names, name);
  const cold = coldProducts(
    (await rowsOf("products")).map(({ product_id }) => String(product_id)),
    options,
  );
  const isCold = ({ product_id }: RawFields) => cold.has(String(product_id));
  const learning = await rowsOf("user_interactions");
  const kept = learning.filter((row) => !isCold(row));
  const productsOf = new Map<unknown, Set<unknown>>();
  for (const { user_id, product_id } of kept) {
    productsOf.set(user_id, (productsOf.get(user_id) ?? new Set()).add(product_id));
  }
  const isKnown = ({ user_id }: RawFields) => (productsOf.get(user_id)?.size ?? 0) >= MIN_PRODUCTS_LEFT;
  const test = [...learning, ...(await rowsOf("test_interactions"))].filter((row) => isCold(row) && isKnown(row));
  await mkdir(target, { recursive: true });
  await copyFile(products.path, path.join(target, products.file));
  await writeFile(path.join(target, "user_interactions.ndjson"), ndjson(kept));
  await writeFile(path.join(target, "test_interactions.ndjson"), ndjson(test));
  await writeFile(path.join(target, COLD_PRODUCTS), ["product_id", ...[...cold].sort()].join("\n"));
}

/** The share of the ids, rounded down, whose seeded hashes are lowest. */
export function coldProducts(productIds: readonly string[], { share, seed }: ColdSplitOptions): Set<string> {
  const keyed = [...new Set(productIds)].sort().map((id) => ({ id, key: hashId(`${seed}\n${id}`) }));
  keyed.sort((a, b) => a.key - b.key);
  return new Set(keyed.slice(0, Math.floor(keyed.length * share)).map(({ id }) => id));
}

async function rowsIn(folder: string, names: readonly string[], name: TableName): Promise<RawFields[]> {
  const table = findTable(folder, names, name);
  if (table === null) throw new Error(`Cannot split ${folder}: a file of ${name} is required, found none`);
  const all: RawFields[] = [];
  for await (const { rows } of readTable(table, ["product_id"])) for (const { fields } of rows) all.push(fields);
  return all;
}

function ndjson(rows: readonly RawFields[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}
