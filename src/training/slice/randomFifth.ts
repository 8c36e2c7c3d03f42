import { hashId } from "../../domain/ids.js";
import type { InteractionLog } from "../../signals/interactionLog.js";
import { addCase, thin } from "./heldOutCases.js";
import type { HeldOutCase, Slice, SliceRules } from "./slice.js";

/** A fifth of every shopper's choices, chosen by a hash. */
export function randomFifth(log: InteractionLog, isGoal: Uint8Array, rules: SliceRules): Slice {
  const isHidden = new Uint8Array(log.product.length);
  const cases: HeldOutCase[] = [];
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    const from = log.start[shopper];
    const to = log.start[shopper + 1];
    const products = [
      ...new Set(
        Array.from({ length: to - from }, (_, i) => from + i)
          .filter((row) => isGoal[row] === 1)
          .map((row) => log.product[row]),
      ),
    ];
    const nWanted = Math.floor(products.length / 5);
    if (nWanted === 0) continue;
    const order = products
      .map((product) => ({ product, key: hashId(`${shopper}\n${product}`) }))
      .sort((a, b) => a.key - b.key || a.product - b.product);
    const chosen = new Set(order.slice(0, nWanted).map(({ product }) => product));
    const visible: number[] = [];
    const wanted: number[] = [];
    for (let row = from; row < to; row++) {
      if (chosen.has(log.product[row])) {
        isHidden[row] = 1;
        wanted.push(row);
      } else visible.push(row);
    }
    addCase(cases, log, shopper, visible, wanted, rules);
  }
  return { kind: "randomFifth", isHidden, cases: thin(cases, rules.maxCases), counts: { nCases: cases.length } };
}
