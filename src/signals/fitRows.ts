import { Accumulator } from "./accumulator.js";
import { kthLargest } from "./kthLargest.js";
import type { MatrixFit, RowKernel, RowRange, SignalInput } from "./signal.js";
import { joinRows, type SparseMatrix } from "./sparseMatrix.js";
import { TopK } from "./topK.js";

export interface RowShape {
  /** Neighbours kept per row. */
  readonly k: number;
  /** Factor per target product, applied before the row is cut to its k best; null for none. */
  readonly targetFactor?: Float32Array | null;
  /** Leave the values as the kernel gave them, for a signal whose rows are to weigh differently. */
  readonly keepsValues?: boolean;
  readonly tieRank: Int32Array;
}

/** The fit of a signal whose rows are independent of each other. */
export function independentRows(kernel: RowKernel, input: SignalInput, shape: Omit<RowShape, "tieRank">): MatrixFit {
  const rowShape: RowShape = { ...shape, tieRank: input.tieRank };
  return {
    fitRange: (range) => fitRows(kernel, input.log.nProducts, rowShape, range),
    assemble: joinRows,
  };
}

/**
 * Fit the rows of a range: run the kernel, drop the product itself and what is not positive, keep the k best and scale
 * the row to sum 1, so that a profile weighs products and not their popularity. A target factor decides who is kept and
 * stays in the values; the sum that scales the row is taken without it, so a row of fashionable products counts more.
 *
 * The result depends on the input alone, not on how rows were cut into ranges. Cost: the kernel's, plus one pass over
 * the touched products with a heap of k.
 */
export function fitRows(kernel: RowKernel, nProducts: number, shape: RowShape, range: RowRange): SparseMatrix {
  const factor = shape.targetFactor ?? null;
  const nRows = range.to - range.from;
  const row = new Accumulator(nProducts);
  const best = new TopK(shape.k, shape.tieRank);
  const sample = new Float64Array(Math.ceil(nProducts / SAMPLE_STEP));
  const rowStart = new Int32Array(nRows + 1);
  let col = new Int32Array(Math.max(16, nRows * 16));
  let value = new Float32Array(col.length);
  let n = 0;
  for (let r = 0; r < nRows; r++) {
    const product = range.of === undefined ? range.from + r : range.of[range.from + r];
    kernel(product, row);
    const least = guessLeast(row, factor, shape.k, sample);
    offerRow(row, product, factor, best, least);
    if (best.length < shape.k && least > 0) {
      best.clear();
      offerRow(row, product, factor, best, 0);
    }
    if (n + best.length > col.length) {
      const capacity = Math.max(2 * col.length, n + best.length);
      col = grow(col, new Int32Array(capacity));
      value = grow(value, new Float32Array(capacity));
    }
    const end = n + best.drainInto(col, value, n);
    if (shape.keepsValues !== true) {
      let sum = 0;
      for (let e = end - 1; e >= n; e--) sum += factor === null ? value[e] : row.sum[col[e]];
      for (let e = n; e < end; e++) value[e] /= sum;
    }
    n = end;
    rowStart[r + 1] = n;
    row.clear();
  }
  return { nRows, nCols: nProducts, rowStart, col: col.slice(0, n), value: value.slice(0, n) };
}

/** Every fourth score tells about how high the k best begin. */
const SAMPLE_STEP = 4;
/** With fewer scores a place kept, a guess saves nothing. */
const SAMPLED = 4;
/** The guess lies so much lower than the sample says that it is seldom too high. */
const SAMPLE_MARGIN = 1.4;

/** A score that more than k are probably not below, so that the heap is not filled with what it gives up again. */
function guessLeast(row: Accumulator, factor: Float32Array | null, k: number, sample: Float64Array): number {
  const { touched, sum, nTouched } = row;
  if (nTouched < SAMPLED * k) return 0;
  let n = 0;
  for (let t = 0; t < nTouched; t += SAMPLE_STEP) {
    const product = touched[t];
    sample[n++] = factor === null ? sum[product] : sum[product] * factor[product];
  }
  return kthLargest(sample, n, Math.min(n, Math.ceil((SAMPLE_MARGIN * k) / SAMPLE_STEP)));
}

/** Offer what scores at least `from` and more than 0. */
function offerRow(row: Accumulator, self: number, factor: Float32Array | null, best: TopK, from: number): void {
  const { touched, sum, nTouched } = row;
  let least = Math.max(from, best.least);
  for (let t = 0; t < nTouched; t++) {
    const product = touched[t];
    const score = factor === null ? sum[product] : sum[product] * factor[product];
    if (score > 0 && score >= least && product !== self) {
      best.offer(product, score);
      least = Math.max(from, best.least);
    }
  }
}

function grow<T extends Int32Array | Float32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
