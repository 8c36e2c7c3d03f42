import type { SparseMatrix } from "./sparseMatrix.js";
import { TopK } from "./topK.js";
import { transpose } from "./transpose.js";

/**
 * Turn a matrix of targets × sources, as a fit by columns gives it, into the rows that serving walks: sources × targets.
 * A row keeps the `maxRow` entries of largest size, whatever their sign, and holds them highest value first.
 *
 * A value that is not finite counts as the largest, so that it stays and is seen by whoever checks the matrix.
 * Cost: three passes over the entries, and a heap of `maxRow` for each row.
 */
export function sourceRows(byTarget: SparseMatrix, maxRow: number, tieRank: Int32Array): SparseMatrix {
  const { nRows, nCols, rowStart, col: target, value } = transpose(byTarget);
  const largest = new TopK(maxRow, tieRank);
  const ordered = new TopK(maxRow, tieRank);
  const size = new Float64Array(maxRow);
  const kept = new Int32Array(maxRow);
  const valueTo = new Float32Array(nCols);
  const keptStart = new Int32Array(nRows + 1);
  let n = 0;
  for (let source = 0; source < nRows; source++) {
    for (let e = rowStart[source]; e < rowStart[source + 1]; e++) {
      valueTo[target[e]] = value[e];
      largest.offer(target[e], Number.isFinite(value[e]) ? Math.abs(value[e]) : Number.POSITIVE_INFINITY);
    }
    const nKept = largest.drainInto(kept, size, 0);
    for (let s = 0; s < nKept; s++) ordered.offer(kept[s], valueTo[kept[s]]);
    n += ordered.drainInto(target, value, n); // never ahead of what is read: a row keeps at most what it had
    keptStart[source + 1] = n;
  }
  return { nRows, nCols, rowStart: keptStart, col: target.slice(0, n), value: value.slice(0, n) };
}
