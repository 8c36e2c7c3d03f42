import type { SignalName } from "../../src/domain/setting.js";
import { matrixSignal } from "../../src/training/signalCatalogue.js";
import type { Shop } from "../worlds/shop.js";
import { fitWhole, rowOf, signalInput } from "./signalInput.js";

/** The neighbours of one product in a signal with its defaults, best first, or null when the signal is absent. */
export function fittedRow(shop: Shop, signal: SignalName, productId: string): [string, number][] | null {
  const input = signalInput(shop);
  const matrix = fitWhole(matrixSignal(signal), input);
  if (matrix === null || matrix.col.length === 0) return null;
  return rowOf(matrix, input.productIds.indexOf(productId), input);
}
