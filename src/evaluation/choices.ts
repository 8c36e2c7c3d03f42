import type { InteractionWeight } from "../domain/interactionWeight.js";
import type { InteractionTable } from "../training/interactionTable.js";

/** Distinct products per shopper, and the shoppers of each product: the same pairs as rows and as columns. */
export interface ChoicePairs {
  readonly nShoppers: number;
  readonly nProducts: number;
  /** Products of shopper u: product[start[u]] … product[start[u + 1] − 1]. */
  readonly start: Int32Array;
  readonly product: Int32Array;
  /** Shoppers of product i: shopper[shopperStart[i]] … shopper[shopperStart[i + 1] − 1]. */
  readonly shopperStart: Int32Array;
  readonly shopper: Int32Array;
}

/** Says whether a row of the table is a choice. */
export type RowFilter = (row: number) => boolean;

export function isChosen(table: InteractionTable, weightOf: InteractionWeight): RowFilter {
  return (row) => weightOf(table.action[row], table.value[row]) > 0;
}

/**
 * Collect who chose what, each pair once.
 *
 * @param productIndex model index per product number of the table
 * Cost: three passes over the table.
 */
export function collectChoices(
  table: InteractionTable,
  productIndex: Int32Array,
  nProducts: number,
  isCounted: RowFilter,
): ChoicePairs {
  const nShoppers = table.shoppers.texts.length;
  const rowStart = new Int32Array(nShoppers + 1);
  for (let row = 0; row < table.length; row++) if (isCounted(row)) rowStart[table.shopper[row] + 1]++;
  for (let u = 0; u < nShoppers; u++) rowStart[u + 1] += rowStart[u];
  const next = rowStart.slice(0, nShoppers);
  const rows = new Int32Array(rowStart[nShoppers]);
  for (let row = 0; row < table.length; row++) if (isCounted(row)) rows[next[table.shopper[row]]++] = row;
  const start = new Int32Array(nShoppers + 1);
  const product = new Int32Array(rows.length);
  const lastShopper = new Int32Array(nProducts).fill(-1);
  let n = 0;
  for (let u = 0; u < nShoppers; u++) {
    for (let e = rowStart[u]; e < rowStart[u + 1]; e++) {
      const chosen = productIndex[table.product[rows[e]]];
      if (lastShopper[chosen] === u) continue;
      lastShopper[chosen] = u;
      product[n++] = chosen;
    }
    start[u + 1] = n;
  }
  const kept = product.slice(0, n);
  return { nShoppers, nProducts, start, product: kept, ...turnRound(start, kept, nProducts) };
}

function turnRound(start: Int32Array, product: Int32Array, nProducts: number) {
  const shopperStart = new Int32Array(nProducts + 1);
  for (const chosen of product) shopperStart[chosen + 1]++;
  for (let i = 0; i < nProducts; i++) shopperStart[i + 1] += shopperStart[i];
  const next = shopperStart.slice(0, nProducts);
  const shopper = new Int32Array(product.length);
  for (let u = 0; u + 1 < start.length; u++) {
    for (let e = start[u]; e < start[u + 1]; e++) shopper[next[product[e]]++] = u;
  }
  return { shopperStart, shopper };
}

/** How many shoppers chose each product. */
export function nShoppersOf({ shopperStart, nProducts }: ChoicePairs): Float64Array {
  return Float64Array.from({ length: nProducts }, (_, i) => shopperStart[i + 1] - shopperStart[i]);
}
