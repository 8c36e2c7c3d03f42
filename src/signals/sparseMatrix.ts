/**
 * Rows of products, each with its k strongest neighbours (CSR). Within a row the entries stand best first.
 * Kernels see dense product numbers only; ids stop at the vocabulary.
 */
export interface SparseMatrix {
  readonly nRows: number;
  readonly nCols: number;
  /** Length nRows + 1; row r holds entries rowStart[r] … rowStart[r + 1] − 1. */
  readonly rowStart: Int32Array;
  readonly col: Int32Array;
  readonly value: Float32Array;
}

/** Join the row blocks of consecutive ranges into one matrix. Cost: one copy of the entries. */
export function joinRows(blocks: readonly SparseMatrix[]): SparseMatrix {
  const nRows = blocks.reduce((sum, block) => sum + block.nRows, 0);
  const nEntries = blocks.reduce((sum, block) => sum + block.col.length, 0);
  const rowStart = new Int32Array(nRows + 1);
  const col = new Int32Array(nEntries);
  const value = new Float32Array(nEntries);
  let row = 0;
  let entry = 0;
  for (const block of blocks) {
    for (let r = 1; r <= block.nRows; r++) rowStart[row + r] = entry + block.rowStart[r];
    col.set(block.col, entry);
    value.set(block.value, entry);
    row += block.nRows;
    entry += block.col.length;
  }
  return { nRows, nCols: blocks[0]?.nCols ?? 0, rowStart, col, value };
}

/**
 * The rows of `matrix` where they belong in a matrix of all products, every other row empty.
 *
 * @param rows ascending: row r of `matrix` is that of product rows[r]
 */
export function spreadRows({ nCols, rowStart, col, value }: SparseMatrix, rows: Int32Array): SparseMatrix {
  const spread = new Int32Array(nCols + 1);
  for (let r = 0; r < rows.length; r++) spread[rows[r] + 1] = rowStart[r + 1] - rowStart[r];
  for (let row = 0; row < nCols; row++) spread[row + 1] += spread[row];
  return { nRows: nCols, nCols, rowStart: spread, col, value };
}

/** The matrix with all rows empty but these, ascending. */
export function keepRows({ nCols, rowStart, col, value }: SparseMatrix, rows: Int32Array): SparseMatrix {
  const kept = new Int32Array(rows.length + 1);
  for (let r = 0; r < rows.length; r++) kept[r + 1] = kept[r] + rowStart[rows[r] + 1] - rowStart[rows[r]];
  const keptCol = new Int32Array(kept[rows.length]);
  const keptValue = new Float32Array(keptCol.length);
  for (let r = 0; r < rows.length; r++) {
    const from = rowStart[rows[r]];
    const to = rowStart[rows[r] + 1];
    keptCol.set(col.subarray(from, to), kept[r]);
    keptValue.set(value.subarray(from, to), kept[r]);
  }
  return spreadRows({ nRows: rows.length, nCols, rowStart: kept, col: keptCol, value: keptValue }, rows);
}
