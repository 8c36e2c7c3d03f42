/**
 * Shoppers as histories to be searched (see historySearch.ts): what the most alike chose lately.
 *
 *   likeness factor(u) = 1/√|choices(u)|        weight(u, i) = 2^(−age/halfLifeDays)   age of u's newest choice of i
 *
 * Ages count from the newest interaction of the log; a choice of unknown time among known ones is old and weighs
 * nothing, and where no time is known every choice weighs 1. A shopper may find their own past self: it can only bring
 * products they already have, which the list leaves out or wants back.
 * Source: UserKNN with the time-weighted votes of Ding & Li, Time weight collaborative filtering, CIKM 2005.
 * Cost: one pass over the log and one sort of the shoppers.
 */
import { type HistoryIndex, invertHistories, keysOf } from "./historyIndex.js";
import type { InteractionLog } from "./interactionLog.js";
import type { Parameters, SignalInput, WholeSignal } from "./signal.js";

const DAY_MS = 86_400_000;

export const neighbours: WholeSignal<HistoryIndex> = {
  name: "neighbours",
  defaults: { nNeighbours: 300, maxPostings: 500, halfLifeDays: 14, power: 2, horizon: 0 },
  fit,
};

function fit({ log, choices }: SignalInput, { halfLifeDays }: Parameters): HistoryIndex | null {
  const sizeOf = (shopper: number) => choices.start[shopper + 1] - choices.start[shopper];
  const numbers = Int32Array.from({ length: log.nShoppers }, (_, shopper) => shopper);
  const shoppers = newestFirst(
    numbers.filter((shopper) => sizeOf(shopper) >= 2),
    log,
  );
  if (shoppers.length < 2) return null;
  const start = new Int32Array(shoppers.length + 1);
  for (let h = 0; h < shoppers.length; h++) start[h + 1] = start[h] + sizeOf(shoppers[h]);
  const product = new Int32Array(start[shoppers.length]);
  const weight = new Float32Array(product.length);
  const weightAt = ageWeight(log.newestMs, halfLifeDays);
  const seenBy = new Int32Array(log.nProducts).fill(-1);
  for (let h = 0; h < shoppers.length; h++) {
    let e = start[h + 1];
    for (let row = log.start[shoppers[h] + 1] - 1; e > start[h]; row--) {
      if (log.weight[row] <= 0 || seenBy[log.product[row]] === h) continue;
      seenBy[log.product[row]] = h;
      product[--e] = log.product[row];
      weight[e] = weightAt(log.timeMs[row]);
    }
  }
  return {
    start,
    product,
    weight,
    likeness: Float32Array.from(shoppers, (shopper) => 1 / Math.sqrt(sizeOf(shopper))),
    shopperKey: keysOf(shoppers, log.shopperKey),
    ...invertHistories(start, product, log.nProducts),
    productFactor: new Float32Array(log.nProducts).fill(1),
  };
}

/** Shoppers by their newest interaction, those of unknown time last, equal ones in the order of the log. */
function newestFirst(shoppers: Int32Array, log: InteractionLog): Int32Array {
  const newestOf = new Float64Array(log.nShoppers);
  for (const shopper of shoppers) {
    const timeMs = log.timeMs[log.start[shopper + 1] - 1];
    newestOf[shopper] = Number.isNaN(timeMs) ? Number.NEGATIVE_INFINITY : timeMs;
  }
  return shoppers.sort((a, b) => (newestOf[a] === newestOf[b] ? a - b : newestOf[b] - newestOf[a]));
}

function ageWeight(newestMs: number, halfLifeDays: number): (timeMs: number) => number {
  if (Number.isNaN(newestMs)) return () => 1;
  const perMs = 1 / (halfLifeDays * DAY_MS);
  return (timeMs) => (Number.isNaN(timeMs) ? 0 : 2 ** (-(newestMs - timeMs) * perMs));
}
