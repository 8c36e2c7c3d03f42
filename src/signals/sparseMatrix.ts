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
