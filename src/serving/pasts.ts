import { EMPTY_HISTORY, type OlderProducts, type ShopperHistories, type ShopperHistory } from "../domain/ports.js";
import { isForShopper, type ListRequest } from "../domain/recommendation.js";

/** What is stored of whoever a list is for. */
export interface Past {
  /** The shopper's own and that of the visit, newest first; null for a list that is for nobody. */
  readonly history: ShopperHistory | null;
  /** True when some of it is the shopper's own, not only the visit's. */
  readonly isShoppers: boolean;
}

const NO_PAST: Past = { history: null, isShoppers: false };

/**
 * The pasts of a batch; a shopper who wants no personal lists has none, nor has the visit they are in. One statement
 * for all shoppers and one for all visits, each loaded once.
 */
export async function loadPasts(
  histories: ShopperHistories,
  requests: readonly ListRequest[],
  older: OlderProducts,
): Promise<(request: ListRequest) => Past> {
  const asking = requests.filter(({ placement }) => isForShopper(placement));
  const userIds = distinct(asking.map(({ subjectId }) => subjectId));
  const sessionIds = distinct(asking.map(({ context }) => context?.sessionId));
  const [ofUsers, ofSessions] = await Promise.all([
    userIds.length === 0 ? [] : histories.load(userIds, older),
    sessionIds.length === 0 ? [] : histories.loadSessions(sessionIds, older),
  ]);
  const userHistory = new Map(userIds.map((id, i) => [id, ofUsers[i]]));
  const sessionHistory = new Map(sessionIds.map((id, i) => [id, ofSessions[i]]));
  return ({ placement, subjectId, context }) => {
    if (!isForShopper(placement)) return NO_PAST;
    const own = userHistory.get(subjectId ?? "") ?? EMPTY_HISTORY;
    if (own.isOptedOut) return NO_PAST;
    const visit = sessionHistory.get(context?.sessionId ?? "") ?? EMPTY_HISTORY;
    return { history: joinHistories(own, visit), isShoppers: own.productNo.length > 0 };
  };
}

function distinct(ids: readonly (string | null | undefined)[]): string[] {
  return [...new Set(ids.filter((id) => id !== null && id !== undefined))];
}

/** One past out of two, newest first; at one moment what `a` holds stands first. Cost: constant where `b` is empty. */
function joinHistories(a: ShopperHistory, b: ShopperHistory): ShopperHistory {
  if (b.productNo.length === 0) return a;
  const nA = a.productNo.length;
  const n = nA + b.productNo.length;
  const joined = {
    productNo: new Int32Array(n),
    action: new Uint8Array(n),
    occurredAtMs: new Float64Array(n),
    value: new Float64Array(n),
  };
  for (let i = 0, fromA = 0; i < n; i++) {
    const fromB = i - fromA;
    const takesA =
      fromB >= b.productNo.length || (fromA < nA && !isOlder(a.occurredAtMs[fromA], b.occurredAtMs[fromB]));
    const [from, at] = takesA ? [a, fromA++] : [b, fromB];
    joined.productNo[i] = from.productNo[at];
    joined.action[i] = from.action[at];
    joined.occurredAtMs[i] = from.occurredAtMs[at];
    joined.value[i] = from.value[at];
  }
  const olderProducts = new Int32Array(a.olderProducts.length + b.olderProducts.length);
  olderProducts.set(a.olderProducts);
  olderProducts.set(b.olderProducts, a.olderProducts.length);
  return { ...joined, olderProducts, segments: a.segments };
}

/** Whether a time lies before another; unknown ones lie before all known. */
function isOlder(time: number, other: number): boolean {
  return Number.isNaN(time) ? !Number.isNaN(other) : time < other;
}
