import type { InteractionWeight } from "../domain/interactionWeight.js";
import { shopperKeys } from "../domain/shopperKey.js";
import type { InteractionLog } from "../signals/interactionLog.js";
import { numberBaskets } from "./baskets.js";
import type { InteractionTable } from "./interactionTable.js";

/**
 * Put collected interactions into the order every signal relies on: shoppers and products by id, the interactions of a
 * shopper oldest first, equal times by event key. Nothing of the order of arrival is left, so a shuffled or replayed
 * stream gives the same model bytes.
 *
 * @param productIds all products of the model, ascending; every product of the table must be among them
 * Cost: O(n log n) in the rows of the longest shopper.
 */
export function arrangeLog(
  table: InteractionTable,
  productIds: readonly string[],
  weightOf: InteractionWeight,
): InteractionLog {
  const shopperRank = rankByText(table.shoppers.texts);
  const productIndex = positionsIn(table.products.texts, productIds);
  const { start, order } = orderRows(table, shopperRank);
  const shopperKey = shopperKeys([...table.shoppers.texts].sort());
  const n = order.length;
  const product = new Int32Array(n);
  const action = new Uint8Array(n);
  const weight = new Float32Array(n);
  const value = new Float32Array(n);
  const timeMs = new Float64Array(n);
  let newestMs = Number.NaN;
  for (let row = 0; row < n; row++) {
    const source = order[row];
    product[row] = productIndex[table.product[source]];
    action[row] = table.action[source];
    weight[row] = weightOf(table.action[source], table.value[source]);
    value[row] = table.value[source];
    timeMs[row] = table.timeMs[source];
    if (!(timeMs[row] <= newestMs) && !Number.isNaN(timeMs[row])) newestMs = timeMs[row];
  }
  const orderIds = Array.from(order, (source) => table.orderId[source]);
  const { basket, nBaskets } = numberBaskets({ start, action, timeMs, orderIds });
  const nShoppers = start.length - 1;
  return {
    nShoppers,
    nProducts: productIds.length,
    start,
    shopperKey,
    product,
    action,
    weight,
    value,
    timeMs,
    basket,
    nBaskets,
    newestMs,
  };
}

/** Rows grouped by shopper rank and put in time order. */
function orderRows(table: InteractionTable, shopperRank: Int32Array): { start: Int32Array; order: Int32Array } {
  const start = new Int32Array(shopperRank.length + 1);
  for (const shopper of table.shopper) start[shopperRank[shopper] + 1]++;
  for (let s = 0; s < shopperRank.length; s++) start[s + 1] += start[s];
  const next = start.slice(0, shopperRank.length);
  const order = new Int32Array(table.length);
  for (let row = 0; row < table.length; row++) order[next[shopperRank[table.shopper[row]]]++] = row;
  for (let s = 0; s < shopperRank.length; s++) {
    order.subarray(start[s], start[s + 1]).sort((a, b) => compareRows(table, a, b));
  }
  return { start, order };
}

function compareRows(table: InteractionTable, a: number, b: number): number {
  const timeA = table.timeMs[a];
  const timeB = table.timeMs[b];
  if (timeA !== timeB) {
    if (Number.isNaN(timeA) !== Number.isNaN(timeB)) return Number.isNaN(timeA) ? -1 : 1;
    if (!Number.isNaN(timeA)) return timeA - timeB;
  }
  return table.eventKey[a] < table.eventKey[b] ? -1 : 1;
}

function rankByText(texts: readonly string[]): Int32Array {
  const order = [...texts.keys()].sort((a, b) => (texts[a] < texts[b] ? -1 : 1));
  const rank = new Int32Array(texts.length);
  for (let position = 0; position < order.length; position++) rank[order[position]] = position;
  return rank;
}

function positionsIn(texts: readonly string[], sorted: readonly string[]): Int32Array {
  const position = new Map(sorted.map((text, index) => [text, index]));
  return Int32Array.from(texts, (text) => position.get(text) ?? -1);
}
