import { KEY_LENGTH } from "../domain/shopperKey.js";

/**
 * Past histories that can be asked "who was like this": sessions or shoppers, as an inverted index. Both directions are
 * CSR; histories are numbered from the most recent (0) to the oldest and the numbers say nothing else.
 */
export interface HistoryIndex {
  /** Length nHistories + 1; history h holds entries start[h] … start[h + 1] − 1, oldest first. */
  readonly start: Int32Array;
  readonly product: Int32Array;
  /** What an entry counts when its history is a neighbour. */
  readonly weight: Float32Array;
  /** Factor of each history's likeness: length and recency. Length nHistories. */
  readonly likeness: Float32Array;
  /** Whose each history is, without saying who (see domain/shopperKey): KEY_LENGTH numbers a history. */
  readonly shopperKey: Int32Array;
  /** Length nProducts + 1: the histories that hold a product, the most recent first. */
  readonly postingStart: Int32Array;
  readonly posting: Int32Array;
  /** Factor per product of the answer. */
  readonly productFactor: Float32Array;
}

/** The histories that hold each product, the most recent first, each once. Cost: two passes over the entries. */
export function invertHistories(
  start: Int32Array,
  product: Int32Array,
  nProducts: number,
): Pick<HistoryIndex, "postingStart" | "posting"> {
  const postingStart = new Int32Array(nProducts + 1);
  const seenIn = new Int32Array(nProducts).fill(-1);
  const eachOnce = (visit: (product: number, history: number) => void) => {
    seenIn.fill(-1);
    for (let history = 0; history + 1 < start.length; history++) {
      for (let e = start[history]; e < start[history + 1]; e++) {
        if (seenIn[product[e]] === history) continue;
        seenIn[product[e]] = history;
        visit(product[e], history);
      }
    }
  };
  eachOnce((held) => postingStart[held + 1]++);
  for (let p = 0; p < nProducts; p++) postingStart[p + 1] += postingStart[p];
  const next = postingStart.slice(0, nProducts);
  const posting = new Int32Array(postingStart[nProducts]);
  eachOnce((held, history) => {
    posting[next[held]++] = history;
  });
  return { postingStart, posting };
}

/**
 * The same index without some histories; what is left keeps its order and its weights, and the factors of products stay
 * as they were learned. Cost: three passes over the entries.
 */
export function withoutHistories(index: HistoryIndex, isDropped: (history: number) => boolean): HistoryIndex {
  const kept: number[] = [];
  for (let h = 0; h < index.likeness.length; h++) if (!isDropped(h)) kept.push(h);
  const start = new Int32Array(kept.length + 1);
  for (let h = 0; h < kept.length; h++) start[h + 1] = start[h] + index.start[kept[h] + 1] - index.start[kept[h]];
  const product = new Int32Array(start[kept.length]);
  const weight = new Float32Array(start[kept.length]);
  const shopperKey = new Int32Array(kept.length * KEY_LENGTH);
  for (let h = 0; h < kept.length; h++) {
    const begin = index.start[kept[h]];
    const end = index.start[kept[h] + 1];
    product.set(index.product.subarray(begin, end), start[h]);
    weight.set(index.weight.subarray(begin, end), start[h]);
    shopperKey.set(index.shopperKey.subarray(kept[h] * KEY_LENGTH, (kept[h] + 1) * KEY_LENGTH), h * KEY_LENGTH);
  }
  const likeness = Float32Array.from(kept, (h) => index.likeness[h]);
  const { productFactor } = index;
  return {
    start,
    product,
    weight,
    likeness,
    shopperKey,
    productFactor,
    ...invertHistories(start, product, productFactor.length),
  };
}

/** The keys of numbered owners, one after another. */
export function keysOf(owners: ArrayLike<number>, shopperKey: Int32Array): Int32Array {
  const keys = new Int32Array(owners.length * KEY_LENGTH);
  for (let i = 0; i < owners.length; i++) {
    keys.set(shopperKey.subarray(owners[i] * KEY_LENGTH, (owners[i] + 1) * KEY_LENGTH), i * KEY_LENGTH);
  }
  return keys;
}
