import type { SparseMatrix } from "./sparseMatrix.js";
import { TopK } from "./topK.js";

/** Trending scores of groups: row r of the matrix holds the best products of the group named rows[r], as shares. */
export interface TrendRows {
  /** Names, ascending. */
  readonly rows: readonly string[];
  readonly matrix: SparseMatrix;
}

/** Products and their scores, in any order. */
export interface TrendRow {
  readonly product: Int32Array;
  readonly score: Float64Array;
}

/**
 * Put rows together: the k best products of each, best first, as shares of the whole row, so that a large group's row
 * does not outweigh a small one's. Products without a positive score stay out. Cost: one pass over the scores.
 *
 * @param scoresOf the row of each name, asked for once and in order; may be reused between calls
 */
export function assembleTrendRows(
  rows: readonly string[],
  scoresOf: (row: number) => TrendRow,
  shape: { readonly k: number; readonly tieRank: Int32Array },
): TrendRows {
  const nProducts = shape.tieRank.length;
  const width = Math.min(shape.k, nProducts);
  const best = new TopK(width, shape.tieRank);
  const rowStart = new Int32Array(rows.length + 1);
  const col = new Int32Array(rows.length * width);
  const value = new Float32Array(col.length);
  let n = 0;
  for (let r = 0; r < rows.length; r++) {
    const { product, score } = scoresOf(r);
    let sum = 0;
    for (let e = 0; e < product.length; e++) {
      if (!(score[e] > 0)) continue;
      sum += score[e];
      best.offer(product[e], score[e]);
    }
    const end = n + best.drainInto(col, value, n);
    for (; n < end; n++) value[n] /= sum;
    rowStart[r + 1] = n;
  }
  const matrix = { nRows: rows.length, nCols: nProducts, rowStart, col: col.slice(0, n), value: value.slice(0, n) };
  return { rows, matrix };
}
