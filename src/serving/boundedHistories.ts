import { EMPTY_HISTORY, type ShopperHistories, type ShopperHistory } from "../domain/ports.js";

/** A page does not wait longer than this for a shopper's past. */
const DEADLINE_MS = 1000;

export type HistoriesEvent =
  | { readonly kind: "historiesLost"; readonly error: unknown }
  | { readonly kind: "historiesBack" };

/**
 * Histories that answer within a deadline: when the store is slow or away every shopper counts as unknown, and lists
 * come from the fallback ladder and say so. Loss and return are reported once each.
 */
export function boundedHistories(
  histories: ShopperHistories,
  onEvent: (event: HistoriesEvent) => void,
): ShopperHistories {
  let isLost = false;
  const loadBounded = async (ids: readonly string[], loading: Promise<readonly ShopperHistory[]>) => {
    try {
      const loaded = await withDeadline(loading);
      if (isLost) onEvent({ kind: "historiesBack" });
      isLost = false;
      return loaded;
    } catch (error) {
      if (!isLost) onEvent({ kind: "historiesLost", error });
      isLost = true;
      return ids.map(() => EMPTY_HISTORY);
    }
  };
  return {
    load: (userIds, older) => loadBounded(userIds, histories.load(userIds, older)),
    loadSessions: (sessionIds, older) => loadBounded(sessionIds, histories.loadSessions(sessionIds, older)),
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
