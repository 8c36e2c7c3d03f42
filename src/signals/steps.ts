import type { InteractionLog } from "./interactionLog.js";
import { oncePer } from "./oncePer.js";

/**
 * An instant with more choices is a reseller or an import that gave everything one time. It says nothing about order,
 * and its pairs would grow with its square.
 */
const MAX_AT_ONCE = 300;

/**
 * Histories as steps: the choices of every shopper in order of time. A product counts once within an instant, and the
 * same single product chosen again and again is one step. Steps of one instant have numbers next to each other.
 */
export interface Steps {
  /** Product of each step. */
  readonly product: Int32Array;
  /** First and last step of the instant that a step belongs to. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** First step of the step's shopper, and the one after their last. */
  readonly shopperStart: Int32Array;
  readonly shopperEnd: Int32Array;
  /** CSR over products: their steps. Length nProducts + 1. */
  readonly positionStart: Int32Array;
  readonly position: Int32Array;
  /** How often an instant follows another of the same shopper. */
  readonly nOrderedPairs: number;
}

/**
 * The steps of a log; choices of unknown time have no place in an order and are left out. Not to be written into.
 * Cost: three passes, once per log.
 */
export const stepsOf = oncePer(collectSteps);

function collectSteps(log: InteractionLog): Steps {
  const nRows = log.product.length;
  const product = new Int32Array(nRows);
  const first = new Int32Array(nRows);
  const last = new Int32Array(nRows);
  const shopperStart = new Int32Array(nRows);
  const shopperEnd = new Int32Array(nRows);
  const seenAt = new Int32Array(log.nProducts).fill(-1);
  let n = 0;
  let nOrderedPairs = 0;
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    const begin = n;
    const end = log.start[shopper + 1];
    for (let row = log.start[shopper], next = row; row < end; row = next) {
      const timeMs = log.timeMs[row];
      const from = n;
      for (next = row; next < end && (next === row || log.timeMs[next] === timeMs); next++) {
        const chosen = log.product[next];
        if (log.weight[next] <= 0 || Number.isNaN(timeMs) || seenAt[chosen] === row) continue;
        seenAt[chosen] = row;
        product[n++] = chosen;
      }
      if (n - from > MAX_AT_ONCE || repeatsOnly(product, first, begin, from, n)) n = from;
      if (n > from && from > begin) nOrderedPairs++;
      first.fill(from, from, n);
      last.fill(n - 1, from, n);
    }
    shopperStart.fill(begin, begin, n);
    shopperEnd.fill(n, begin, n);
  }
  const kept = product.slice(0, n);
  return { product: kept, first, last, shopperStart, shopperEnd, nOrderedPairs, ...positions(kept, log.nProducts) };
}

/** Whether the instant [from, to) and the one before hold the same single product. */
function repeatsOnly(product: Int32Array, first: Int32Array, begin: number, from: number, to: number): boolean {
  return to - from === 1 && from > begin && first[from - 1] === from - 1 && product[from - 1] === product[from];
}

function positions(product: Int32Array, nProducts: number): { positionStart: Int32Array; position: Int32Array } {
  const positionStart = new Int32Array(nProducts + 1);
  for (const p of product) positionStart[p + 1]++;
  for (let p = 0; p < nProducts; p++) positionStart[p + 1] += positionStart[p];
  const next = positionStart.slice(0, nProducts);
  const position = new Int32Array(product.length);
  for (let step = 0; step < product.length; step++) position[next[product[step]]++] = step;
  return { positionStart, position };
}
