import type { ErasedShoppers } from "../domain/ports.js";
import { type HistoryIndex, withoutHistories } from "../signals/historyIndex.js";
import type { ServedModel } from "./servedModel.js";

/**
 * The served model without the past of anybody who was erased since it learned; the same object where there is nobody.
 * Everything but the histories is shared with the model that was given.
 */
export async function forgetErased(served: ServedModel, erased: ErasedShoppers): Promise<ServedModel> {
  if (served.version === null) return served;
  const version = Number(served.version);
  let isChanged = false;
  const signals = [];
  for (const signal of served.signals) {
    if (signal?.kind !== "histories") {
      signals.push(signal);
      continue;
    }
    const index = await withoutErased(signal.index, version, erased);
    isChanged ||= index !== signal.index;
    signals.push({ ...signal, index });
  }
  return isChanged ? { ...served, signals } : served;
}

async function withoutErased(index: HistoryIndex, version: number, erased: ErasedShoppers): Promise<HistoryIndex> {
  const dropped = await erased.among(index.shopperKey, version);
  return dropped.size === 0 ? index : withoutHistories(index, (history) => dropped.has(history));
}
