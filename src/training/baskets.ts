import { ACTION } from "../domain/interaction.js";

/** Purchases of one shopper at most this far apart are one order, where the shop sends no order id. */
const SAME_ORDER_MS = 30 * 60_000;

interface ArrangedRows {
  /** Rows of shopper u: start[u] … start[u + 1] − 1, oldest first. */
  readonly start: Int32Array;
  readonly action: Uint8Array;
  readonly timeMs: Float64Array;
  readonly orderIds: readonly (string | null)[];
}

/**
 * Number the orders: purchases of one shopper under one order id, or, without one, at most half an hour after the
 * purchase before. Other interactions, and purchases of unknown time without an order id, belong to none (−1).
 * Cost: one pass.
 */
export function numberBaskets(rows: ArrangedRows): { basket: Int32Array; nBaskets: number } {
  const basket = new Int32Array(rows.action.length).fill(-1);
  let nBaskets = 0;
  const byOrderId = new Map<string, number>();
  for (let shopper = 0; shopper + 1 < rows.start.length; shopper++) {
    byOrderId.clear();
    let lastMs = Number.NaN;
    let current = -1;
    for (let row = rows.start[shopper]; row < rows.start[shopper + 1]; row++) {
      if (rows.action[row] !== ACTION.purchase) continue;
      const orderId = rows.orderIds[row];
      if (orderId !== null) {
        if (!byOrderId.has(orderId)) byOrderId.set(orderId, nBaskets++);
        basket[row] = byOrderId.get(orderId) as number;
        continue;
      }
      const time = rows.timeMs[row];
      if (Number.isNaN(time)) continue;
      if (!(time - lastMs <= SAME_ORDER_MS)) current = nBaskets++;
      basket[row] = current;
      lastMs = time;
    }
  }
  return { basket, nBaskets };
}
