import { Accumulator } from "./accumulator.js";
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
  const rowStart = new Int32Array(nRows + 1);
  let col = new Int32Array(Math.max(16, nRows * 16));
  let value = new Float32Array(col.length);
  let n = 0;
  for (let r = 0; r < nRows; r++) {
    const product = range.of === undefined ? range.from + r : range.of[range.from + r];
    kernel(product, row);
    offerRow(row, product, factor, best);
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

function offerRow(row: Accumulator, self: number, factor: Float32Array | null, best: TopK): void {
  const { touched, sum, nTouched } = row;
  let least = best.least;
  for (let t = 0; t < nTouched; t++) {
    const product = touched[t];
    const score = factor === null ? sum[product] : sum[product] * factor[product];
    if (score > 0 && score >= least && product !== self) {
      best.offer(product, score);
      least = best.least;
    }
  }
}

function grow<T extends Int32Array | Float32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
