import type { SignalName } from "../../src/domain/setting.js";
import type { Shop } from "../worlds/shop.js";

/** The neighbours of one product in a fitted signal, best first, or null when the signal is absent. */
export function fittedRow(shop: Shop, signal: SignalName, productId: string): [string, number][] | null {
  const model = shop.train();
  const matrix = model.matrices.get(signal);
  if (matrix === undefined) return null;
  const row = model.productIds.indexOf(productId);
  const entries: [string, number][] = [];
  for (let e = matrix.rowStart[row]; e < matrix.rowStart[row + 1]; e++) {
    entries.push([model.productIds[matrix.col[e]], matrix.value[e]]);
  }
  return entries;
}
