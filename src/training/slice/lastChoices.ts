import { ACTION } from "../../domain/interaction.js";
import type { InteractionLog } from "../../signals/interactionLog.js";
import { addCase, thin } from "./heldOutCases.js";
import type { HeldOutCase, Slice, SliceRules } from "./slice.js";

/** Shops whose average order holds more products than this are asked for the next order, others for the next product. */
const LARGE_ORDER = 3;

/**
 * Each shopper's last choice, or last order where orders are large. What would keep the product out of the list hides
 * with it; the rest of the history stays, newer rows included.
 */
export function lastChoices(
  log: InteractionLog,
  isGoal: Uint8Array,
  rules: SliceRules,
  counts: Record<string, number>,
): Slice {
  const asksOrders = averageOrder(log) > LARGE_ORDER;
  const isHidden = new Uint8Array(log.product.length);
  const cases: HeldOutCase[] = [];
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    const from = log.start[shopper];
    const to = log.start[shopper + 1];
    let last = to - 1;
    while (last >= from && isGoal[last] === 0) last--;
    if (last < from) continue;
    const isWanted = (row: number) =>
      isGoal[row] === 1 &&
      (row === last || (asksOrders && log.basket[row] >= 0 && log.basket[row] === log.basket[last]));
    const wanted: number[] = [];
    for (let row = from; row < to; row++) if (isWanted(row)) wanted.push(row);
    const products = new Set(wanted.map((row) => log.product[row]));
    const hides = (row: number) =>
      isWanted(row) ||
      (products.has(log.product[row]) &&
        (rules.excludesSeen || (rules.excludesPurchased && log.action[row] === ACTION.purchase)));
    const visible: number[] = [];
    for (let row = from; row < to; row++) if (!hides(row)) visible.push(row);
    if (visible.length === 0) continue;
    for (let row = from; row < to; row++) if (hides(row)) isHidden[row] = 1;
    addCase(cases, log, shopper, visible, wanted, rules);
  }
  return {
    kind: "lastEvent",
    isHidden,
    cases: thin(cases, rules.maxCases),
    counts: { ...counts, nCases: cases.length },
  };
}

function averageOrder(log: InteractionLog): number {
  let rows = 0;
  for (const basket of log.basket) if (basket >= 0) rows++;
  return log.nBaskets === 0 ? 0 : rows / log.nBaskets;
}
