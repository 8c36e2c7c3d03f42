/**
 * Bought in the same order: co-occurrence within baskets, as a shrunk cosine. The complement signal.
 *
 *   c(j, i) = Σ over baskets b with both of 1/√|b|      n(j) = Σ over baskets b with j of 1/√|b|
 *   M[j, i] = c / √(n(j)·n(i)) · s/(s + λ)              s = baskets with both, λ = shrinkage
 *
 * A basket counts less the larger it is: in a box of two hundred things hardly two were chosen for each other.
 * The shrinkage keeps a pair seen once from beating one seen twenty times.
 * Source: item-to-item cosine with support shrinkage (Linden, Smith, York 2003; Bell & Koren 2007).
 * Cost: Σ_b |b|² additions over baskets of at most MAX_BASKET products, k entries a product.
 */
import { Accumulator } from "./accumulator.js";
import { independentRows } from "./fitRows.js";
import type { InteractionLog } from "./interactionLog.js";
import type { MatrixFit, MatrixSignal, Parameters, RowKernel, SignalInput } from "./signal.js";
import { TREND_PARAMETERS, trendChange, trendFactor } from "./trendRatio.js";

/** Larger orders are resellers stocking up; they would cost most of the time and say least. */
const MAX_BASKET = 300;

export const basket: MatrixSignal = {
  name: "basket",
  defaults: { k: 100, shrinkage: 3, horizon: 0, trendHalfLifeDays: 14, trendExponent: 0 },
  scaled: TREND_PARAMETERS,
  scaling: (input, from, to) => ({ isNormalised: false, trend: trendChange(input, from, to) }),
  prepare,
};

interface Baskets {
  /** CSR over baskets: distinct products. */
  readonly start: Int32Array;
  readonly product: Int32Array;
  /** CSR over products: the baskets that hold them. */
  readonly basketStart: Int32Array;
  readonly basketOf: Int32Array;
}

function prepare(input: SignalInput, parameters: Parameters): MatrixFit | null {
  const { log } = input;
  const baskets = collectBaskets(log);
  if (baskets.product.length === 0) return null;
  const nBaskets = baskets.start.length - 1;
  const share = new Float64Array(nBaskets);
  for (let b = 0; b < nBaskets; b++) share[b] = 1 / Math.sqrt(Math.max(1, baskets.start[b + 1] - baskets.start[b]));
  const occurrence = new Float64Array(log.nProducts);
  for (let b = 0; b < nBaskets; b++) {
    for (let e = baskets.start[b]; e < baskets.start[b + 1]; e++) occurrence[baskets.product[e]] += share[b];
  }
  const support = new Accumulator(log.nProducts);
  const kernel: RowKernel = (product, row) => {
    for (let e = baskets.basketStart[product]; e < baskets.basketStart[product + 1]; e++) {
      const b = baskets.basketOf[e];
      row.addAlike(baskets.product, baskets.start[b], baskets.start[b + 1], share[b]);
      support.addAlike(baskets.product, baskets.start[b], baskets.start[b + 1], 1);
    }
    for (let t = 0; t < row.nTouched; t++) {
      const other = row.touched[t];
      const shrunk = support.sum[other] / (support.sum[other] + parameters.shrinkage);
      row.sum[other] *= shrunk / Math.sqrt(occurrence[product] * occurrence[other]);
    }
    support.clear();
  };
  return independentRows(kernel, input, { k: parameters.k, targetFactor: trendFactor(input, parameters) });
}

/** Distinct products of every basket of two to MAX_BASKET, and the same turned round. Others stay empty. */
function collectBaskets(log: InteractionLog): Baskets {
  const rows = rowsByBasket(log);
  const start = new Int32Array(log.nBaskets + 1);
  const product = new Int32Array(rows.row.length);
  const lastBasket = new Int32Array(log.nProducts).fill(-1);
  let n = 0;
  for (let b = 0; b < log.nBaskets; b++) {
    const first = n;
    for (let e = rows.start[b]; e < rows.start[b + 1]; e++) {
      const bought = log.product[rows.row[e]];
      if (lastBasket[bought] === b) continue;
      lastBasket[bought] = b;
      product[n++] = bought;
    }
    if (n - first < 2 || n - first > MAX_BASKET) n = first;
    start[b + 1] = n;
  }
  const kept = product.slice(0, n);
  return { start, product: kept, ...turnRound(start, kept, log.nProducts) };
}

function rowsByBasket(log: InteractionLog): { start: Int32Array; row: Int32Array } {
  const start = new Int32Array(log.nBaskets + 1);
  for (const b of log.basket) if (b >= 0) start[b + 1]++;
  for (let b = 0; b < log.nBaskets; b++) start[b + 1] += start[b];
  const next = start.slice(0, log.nBaskets);
  const row = new Int32Array(start[log.nBaskets]);
  for (let r = 0; r < log.basket.length; r++) if (log.basket[r] >= 0) row[next[log.basket[r]]++] = r;
  return { start, row };
}

function turnRound(start: Int32Array, product: Int32Array, nProducts: number) {
  const basketStart = new Int32Array(nProducts + 1);
  for (const p of product) basketStart[p + 1]++;
  for (let p = 0; p < nProducts; p++) basketStart[p + 1] += basketStart[p];
  const next = basketStart.slice(0, nProducts);
  const basketOf = new Int32Array(product.length);
  for (let b = 0; b + 1 < start.length; b++) {
    for (let e = start[b]; e < start[b + 1]; e++) basketOf[next[product[e]]++] = b;
  }
  return { basketStart, basketOf };
}
