/**
 * What the shop chooses right now: popularity decayed with a half-life of days, a shopper counted once per product and
 * day with the strongest thing they did that day; w = 0 counts every choice alike.
 *
 *   T[i] = Σ over (shopper, product i, day) of max weight^w · 2^(−age/h)      age counts from the newest interaction
 *
 * Days count backwards from the newest interaction, so moving a whole shop through time changes nothing.
 * Cost: one pass over the log.
 */
import type { InteractionLog } from "./interactionLog.js";
import type { Parameters, SignalInput, WholeSignal } from "./signal.js";

const DAY_MS = 86_400_000;

/** Scores ≥ 0, length nProducts; absent where no time is known. */
export const trending: WholeSignal<Float32Array> = {
  name: "trending",
  defaults: { halfLifeDays: 7, weightPower: 1 },
  fit: ({ log }: SignalInput, parameters: Parameters) => fitTrending(log, parameters),
};

function fitTrending(log: InteractionLog, parameters: Parameters): Float32Array | null {
  if (Number.isNaN(log.newestMs)) return null;
  const score = new Float64Array(log.nProducts);
  const add = (product: number, amount: number) => {
    score[product] += amount;
  };
  for (let shopper = 0; shopper < log.nShoppers; shopper++) forEachVisit(log, shopper, parameters, add);
  return Float32Array.from(score);
}

/** What each visit of one shopper, a product on a day, adds to the score of the product. */
export function forEachVisit(
  log: InteractionLog,
  shopper: number,
  { halfLifeDays, weightPower = 1 }: Parameters,
  add: (product: number, amount: number) => void,
): void {
  const strongest = new Map<number, number>();
  for (let row = log.start[shopper]; row < log.start[shopper + 1]; row++) {
    if (log.weight[row] <= 0 || Number.isNaN(log.timeMs[row])) continue;
    const daysAgo = Math.floor((log.newestMs - log.timeMs[row]) / DAY_MS);
    const visit = daysAgo * log.nProducts + log.product[row];
    strongest.set(visit, Math.max(strongest.get(visit) ?? 0, log.weight[row]));
  }
  for (const [visit, weight] of strongest) {
    const daysAgo = Math.floor(visit / log.nProducts);
    add(visit - daysAgo * log.nProducts, weight ** weightPower * 2 ** (-daysAgo / halfLifeDays));
  }
}
