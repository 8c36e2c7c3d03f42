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
import { oncePer } from "./oncePer.js";
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
  for (let shopper = 0; shopper < log.nShoppers; shopper++) addVisits(log, shopper, parameters, score);
  return Float32Array.from(score);
}

/** Add to each product's score what the visits of one shopper, a product on a day each, are worth. */
export function addVisits(
  log: InteractionLog,
  shopper: number,
  { halfLifeDays, weightPower = 1 }: Parameters,
  score: Float64Array,
): void {
  const { start, product, daysAgo, weight } = visitsOf(log);
  for (let v = start[shopper]; v < start[shopper + 1]; v++) {
    score[product[v]] += weight[v] ** weightPower * 2 ** (-daysAgo[v] / halfLifeDays);
  }
}

interface Visits {
  /** Visits of shopper u: start[u] … start[u + 1] − 1, in the order in which they began. */
  readonly start: Int32Array;
  readonly product: Int32Array;
  readonly daysAgo: Int32Array;
  /** The strongest thing done that day. */
  readonly weight: Float32Array;
}

/** Half-lives and powers are tried on the same visits. */
const visitsOf = oncePer(collectVisits);

function collectVisits(log: InteractionLog): Visits {
  const nRows = log.product.length;
  const start = new Int32Array(log.nShoppers + 1);
  const product = new Int32Array(nRows);
  const daysAgo = new Int32Array(nRows);
  const weight = new Float32Array(nRows);
  const newestVisit = new Int32Array(log.nProducts).fill(-1);
  let n = 0;
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    for (let row = log.start[shopper]; row < log.start[shopper + 1]; row++) {
      if (log.weight[row] <= 0 || Number.isNaN(log.timeMs[row])) continue;
      const day = Math.floor((log.newestMs - log.timeMs[row]) / DAY_MS);
      const last = newestVisit[log.product[row]];
      // Rows stand in order of time, so a product's last visit is the only one that may be of the same day.
      if (last >= start[shopper] && daysAgo[last] === day) {
        weight[last] = Math.max(weight[last], log.weight[row]);
        continue;
      }
      newestVisit[log.product[row]] = n;
      product[n] = log.product[row];
      daysAgo[n] = day;
      weight[n++] = log.weight[row];
    }
    start[shopper + 1] = n;
  }
  return { start, product: product.slice(0, n), daysAgo: daysAgo.slice(0, n), weight: weight.slice(0, n) };
}
