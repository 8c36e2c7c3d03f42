/**
 * How much more a product is chosen now than over the whole log:
 *
 *   ratio(i) = (Σ over shoppers u who chose i of 2^(−age(u, i)/h) + 1) / (pop(i) + 1)        age of u's newest choice of i
 *
 * Ages count in days from the newest interaction of the log. Between 0 and 1; near 1 for a product whose buyers are all
 * recent, near 0 for one out of fashion. Source: trend correction of co-occurrence models, measured on real shops with a
 * time split. Cost: one pass over the log.
 */
import type { InteractionLog } from "./interactionLog.js";
import type { Parameters, SignalInput } from "./signal.js";

const DAY_MS = 86_400_000;

/** The decayed count of shoppers per product; an interaction of unknown time is old and adds nothing. */
export function decayedPopularity(log: InteractionLog, halfLifeDays: number): Float32Array {
  const decayed = new Float64Array(log.nProducts);
  const lastSeenBy = new Int32Array(log.nProducts).fill(-1);
  const perMs = 1 / (halfLifeDays * DAY_MS);
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    for (let row = log.start[shopper + 1] - 1; row >= log.start[shopper]; row--) {
      const product = log.product[row];
      if (log.weight[row] <= 0 || lastSeenBy[product] === shopper) continue;
      lastSeenBy[product] = shopper;
      const age = (log.newestMs - log.timeMs[row]) * perMs;
      if (!Number.isNaN(age)) decayed[product] += 2 ** -age;
    }
  }
  return Float32Array.from(decayed);
}

/** Ratios by half-life, kept as long as their log: signals and contexts ask for the same few again and again. */
const known = new WeakMap<InteractionLog, Map<number, Float32Array>>();

/** The ratio per product, length nProducts; all 1 where no time is known. Not to be written into. */
export function trendRatio(log: InteractionLog, popularity: Float32Array, halfLifeDays: number): Float32Array {
  if (Number.isNaN(log.newestMs)) return new Float32Array(log.nProducts).fill(1);
  const ofLog = known.get(log) ?? new Map<number, Float32Array>();
  known.set(log, ofLog);
  const kept = ofLog.get(halfLifeDays);
  if (kept !== undefined) return kept;
  const decayed = decayedPopularity(log, halfLifeDays);
  const ratio = decayed.map((shoppers, product) => (shoppers + 1) / (popularity[product] + 1));
  ofLog.set(halfLifeDays, ratio);
  return ratio;
}

/** ratio^exponent as a factor for the columns of a matrix, or null where it changes nothing. */
export function trendFactor({ log, choices }: SignalInput, parameters: Parameters): Float32Array | null {
  const { trendHalfLifeDays, trendExponent } = parameters;
  if (trendExponent === 0 || Number.isNaN(log.newestMs)) return null;
  return trendRatio(log, choices.popularity, trendHalfLifeDays).map((ratio) => ratio ** trendExponent);
}

/** What turns a matrix that leans on the trend as `from` says into one that leans as `to` says. */
export function trendChange(input: SignalInput, from: Parameters, to: Parameters): Float32Array | null {
  const before = trendFactor(input, from);
  const after = trendFactor(input, to);
  if (before === null) return after;
  return before.map((factor, product) => (after?.[product] ?? 1) / factor);
}

/** The parameters that say how columns lean on the trend. */
export const TREND_PARAMETERS = ["trendExponent", "trendHalfLifeDays"] as const;
