import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { categoryOf } from "./categoryOf.js";
import { hashOf } from "./hash.js";
import type { ListedProduct } from "./product.js";

/** What one shopper bought at one moment, long ago. */
export interface PastOrder {
  readonly placedAtMs: number;
  readonly items: { readonly productId: string; readonly quantity: number }[];
}

/** The products of the shop's file, with a shelf from the name and a stock from the id. */
export function readProducts(shopDir: string): readonly ListedProduct[] {
  const text = readText(path.join(shopDir, "products.csv.gz"));
  const rows: Record<string, string>[] = parse(text, { columns: true });
  return rows.map(({ product_id: id, name, price }) => ({
    id,
    name: inTitleCase(name),
    category: categoryOf(name),
    price: Number(price),
    stock: startingStock(id),
  }));
}

/** The purchases of the shop's file by shopper, each shopper's oldest first; rows of one shopper and time are one order. */
export function readPastOrders(shopDir: string): ReadonlyMap<string, readonly PastOrder[]> {
  const text = readText(path.join(shopDir, "user_interactions.csv.gz"));
  const byShopper = new Map<string, PastOrder[]>();
  // Its five columns hold no quotes, and half a second of a start is worth a split.
  for (const line of text
    .slice(text.indexOf("\n") + 1)
    .trimEnd()
    .split("\n")) {
    const [userId, productId, timestamp, , value] = line.split(",");
    addPurchase(ordersOf(byShopper, userId), { productId, quantity: Number(value) }, Date.parse(timestamp));
  }
  return byShopper;
}

function ordersOf(byShopper: Map<string, PastOrder[]>, userId: string): PastOrder[] {
  const known = byShopper.get(userId);
  if (known !== undefined) return known;
  const orders: PastOrder[] = [];
  byShopper.set(userId, orders);
  return orders;
}

function addPurchase(orders: PastOrder[], item: PastOrder["items"][number], placedAtMs: number): void {
  const last = orders.at(-1);
  if (last?.placedAtMs === placedAtMs) last.items.push(item);
  else orders.push({ placedAtMs, items: [item] });
}

function readText(file: string): string {
  return gunzipSync(readFileSync(file)).toString();
}

const FEWEST = 20;
const SPREAD = 180;

function startingStock(id: string): number {
  return FEWEST + (hashOf(`stock ${id}`) % SPREAD);
}

/** The file shouts: WHITE HANGING HEART T-LIGHT HOLDER. */
function inTitleCase(name: string): string {
  return name.toLowerCase().replace(/(^|[\s/(+&-])([a-z])/g, (_match, before, letter) => before + letter.toUpperCase());
}
