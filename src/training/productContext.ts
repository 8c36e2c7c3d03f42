import { CONTEXT_FEATURES, N_CONTEXT } from "../scorer/contextFeatures.js";
import type { SignalInput } from "../signals/signal.js";
import { trendRatio } from "../signals/trendRatio.js";

const DAY_MS = 86_400_000;
const SHORT_HALF_LIFE_DAYS = 7;
const LONG_HALF_LIFE_DAYS = 30;

/**
 * What the gates may know of each product: N_CONTEXT numbers a product, those that belong to a list 0. Times count back
 * from the newest interaction. Cost: three passes over the log.
 */
export function productContext({ log, choices }: SignalInput): Float32Array {
  const { nProducts } = log;
  const { popularity } = choices;
  const context = new Float32Array(nProducts * N_CONTEXT);
  const set = (feature: (typeof CONTEXT_FEATURES)[number], ofProduct: (product: number) => number) => {
    const at = CONTEXT_FEATURES.indexOf(feature);
    for (let product = 0; product < nProducts; product++) context[product * N_CONTEXT + at] = ofProduct(product);
  };
  const short = trendRatio(log, popularity, SHORT_HALF_LIFE_DAYS);
  const long = trendRatio(log, popularity, LONG_HALF_LIFE_DAYS);
  const { first, last } = firstAndLast(log);
  set("popularity", (product) => Math.log1p(popularity[product]));
  set("trendShort", (product) => Math.log(short[product]));
  set("trendLong", (product) => Math.log(long[product]));
  set("age", (product) => logDays(log.newestMs - first[product]));
  set("idle", (product) => logDays(log.newestMs - last[product]));
  set("isNew", (product) => (popularity[product] === 0 ? 1 : 0));
  return context;
}

function firstAndLast({ nProducts, product, timeMs }: SignalInput["log"]) {
  const first = new Float64Array(nProducts).fill(Number.NaN);
  const last = new Float64Array(nProducts).fill(Number.NaN);
  for (let row = 0; row < product.length; row++) {
    const time = timeMs[row];
    if (Number.isNaN(time)) continue;
    if (!(first[product[row]] <= time)) first[product[row]] = time;
    if (!(last[product[row]] >= time)) last[product[row]] = time;
  }
  return { first, last };
}

function logDays(ms: number): number {
  return Number.isNaN(ms) ? 0 : Math.log1p(Math.max(0, ms) / DAY_MS);
}
