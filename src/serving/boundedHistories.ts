import type { ShopperHistories, ShopperHistory } from "../domain/ports.js";

/** A page does not wait longer than this for a shopper's past. */
const DEADLINE_MS = 1000;

export type HistoriesEvent =
  | { readonly kind: "historiesLost"; readonly error: unknown }
  | { readonly kind: "historiesBack" };

const EMPTY_HISTORY: ShopperHistory = {
  productNo: new Int32Array(0),
  action: new Uint8Array(0),
  occurredAtMs: new Float64Array(0),
  value: new Float64Array(0),
  olderProducts: new Int32Array(0),
  segments: [],
};

/**
 * Histories that answer within a deadline: when the store is slow or away every shopper counts as unknown, and lists
 * come from the fallback ladder and say so. Loss and return are reported once each.
 */
export function boundedHistories(
  histories: ShopperHistories,
  onEvent: (event: HistoriesEvent) => void,
): ShopperHistories {
  let isLost = false;
  return {
    async load(userIds, older) {
      try {
        const loaded = await withDeadline(histories.load(userIds, older));
        if (isLost) onEvent({ kind: "historiesBack" });
        isLost = false;
        return loaded;
      } catch (error) {
        if (!isLost) onEvent({ kind: "historiesLost", error });
        isLost = true;
        return userIds.map(() => EMPTY_HISTORY);
      }
    },
  };
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No histories within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
