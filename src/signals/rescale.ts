import type { SparseMatrix } from "./sparseMatrix.js";

/** What turns the values of a fitted matrix into those of other parameters; null leaves them as they are. */
export interface Scaling {
  /** Factor per row and per column. */
  readonly row?: Float64Array | null;
  readonly column?: Float64Array | null;
  /** Whether rows are scaled to sum 1 after that. */
  readonly isNormalised: boolean;
  /** Factor per column that stays out of that sum. */
  readonly trend?: Float32Array | null;
}

/**
 * The matrix under other damping or trend, without fitting it again: the same entries with other values. What a new fit
 * would have kept instead of the weakest entries is missed, so this is for choosing between parameters, not for serving.
 * Cost: two passes over the entries.
 */
export function rescale(matrix: SparseMatrix, scaling: Scaling): SparseMatrix {
  const { nRows, nCols, rowStart, col } = matrix;
  const { row = null, isNormalised } = scaling;
  const column = scaling.column ?? new Float64Array(nCols).fill(1);
  const trend = scaling.trend ?? new Float32Array(nCols).fill(1);
  const value = new Float32Array(matrix.value.length);
  for (let r = 0; r < nRows; r++) {
    const from = rowStart[r];
    const to = rowStart[r + 1];
    const ofRow = row === null ? 1 : row[r];
    let sum = 0;
    for (let e = from; e < to; e++) {
      value[e] = matrix.value[e] * ofRow * column[col[e]];
      sum += value[e];
    }
    const scale = isNormalised && sum > 0 ? 1 / sum : 1;
    for (let e = from; e < to; e++) value[e] *= scale * trend[col[e]];
  }
  return { ...matrix, value };
}
