import type { SparseMatrix } from "./sparseMatrix.js";

/** Rows become columns; within a row of the result entries stand by ascending column. Cost: two passes over the entries. */
export function transpose({ nRows, nCols, rowStart, col, value }: SparseMatrix): SparseMatrix {
  const start = new Int32Array(nCols + 1);
  for (const c of col) start[c + 1]++;
  for (let c = 0; c < nCols; c++) start[c + 1] += start[c];
  const next = start.slice(0, nCols);
  const turnedCol = new Int32Array(col.length);
  const turnedValue = new Float32Array(col.length);
  for (let row = 0; row < nRows; row++) {
    for (let e = rowStart[row]; e < rowStart[row + 1]; e++) {
      const slot = next[col[e]]++;
      turnedCol[slot] = row;
      turnedValue[slot] = value[e];
    }
  }
  return { nRows: nCols, nCols: nRows, rowStart: start, col: turnedCol, value: turnedValue };
}
