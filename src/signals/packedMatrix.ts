import type { SparseMatrix } from "./sparseMatrix.js";

/**
 * Rows of products as they are answered from: column and value of an entry in one 32-bit word, so that a profile's rows
 * cost half the memory traffic, which is what they wait for (3.3 against 8 ns an entry, 20 MB of rows, 1 MB of cache).
 *
 *   entry = column · 2^(32 − columnBits) + steps        value = steps · step of the row
 *
 * The column has as many bits as the catalogue needs, the steps, signed, have the rest: 20 for 4,000 products, 16 for
 * 65,000. So values are told apart that differ by a 2^19th, or a 2^15th, of the row's largest. Entries stand as in the
 * matrix.
 */
export interface PackedMatrix {
  readonly nRows: number;
  readonly nCols: number;
  /** Row r holds entries rowStart[r] … rowEnd[r] − 1. */
  readonly rowStart: Int32Array;
  readonly rowEnd: Int32Array;
  /** Of this matrix and of those that it was packed with. */
  readonly entry: Uint32Array;
  /** column = entry >>> (32 − columnBits), steps = (entry << columnBits) >> columnBits. */
  readonly columnBits: number;
  /** Value of one step, per row. */
  readonly step: Float64Array;
}

export function packMatrix(matrix: SparseMatrix): PackedMatrix {
  return packTogether([matrix])[0];
}

/**
 * Pack matrices that the same products ask: the rows of a product lie side by side in all of them. What is read in one go
 * is waited for less (five signals, 44 products of 3,659: 1.6 to 2.2 against 2.5 ns an entry).
 *
 * @param matrices finite values of any sign; none becomes 0
 * Cost: two passes over the entries.
 */
export function packTogether(matrices: readonly SparseMatrix[]): PackedMatrix[] {
  const entry = new Uint32Array(matrices.reduce((sum, { col }) => sum + col.length, 0));
  const packed = matrices.map(({ nRows, nCols }) => ({
    nRows,
    nCols,
    rowStart: new Int32Array(nRows),
    rowEnd: new Int32Array(nRows),
    entry,
    columnBits: Math.max(1, 32 - Math.clz32(Math.max(0, nCols - 1))),
    step: new Float64Array(nRows),
  }));
  const nRows = matrices.reduce((most, matrix) => Math.max(most, matrix.nRows), 0);
  let at = 0;
  for (let row = 0; row < nRows; row++) {
    for (let m = 0; m < matrices.length; m++) {
      if (row < matrices[m].nRows) at = packRow(matrices[m], row, packed[m], at);
    }
  }
  return packed;
}

/** @returns the entry behind the row's last */
function packRow({ rowStart, col, value }: SparseMatrix, row: number, packed: PackedMatrix, at: number): number {
  const perColumn = 2 ** (32 - packed.columnBits);
  const most = perColumn / 2 - 1;
  let largest = 0;
  for (let e = rowStart[row]; e < rowStart[row + 1]; e++) largest = Math.max(largest, Math.abs(value[e]));
  const step = (largest === 0 ? 1 : largest) / most;
  packed.step[row] = step;
  packed.rowStart[row] = at;
  for (let e = rowStart[row]; e < rowStart[row + 1]; e++) {
    const steps = Math.sign(value[e]) * Math.max(1, Math.round(Math.abs(value[e]) / step));
    packed.entry[at++] = col[e] * perColumn + (steps < 0 ? steps + perColumn : steps);
  }
  packed.rowEnd[row] = at;
  return at;
}

/** The products of one row with their values, in the order of the matrix. */
export function* entriesOfRow(
  { rowStart, rowEnd, entry, columnBits, step }: PackedMatrix,
  row: number,
): Generator<[product: number, value: number]> {
  for (let e = rowStart[row]; e < rowEnd[row]; e++) {
    yield [entry[e] >>> (32 - columnBits), ((entry[e] << columnBits) >> columnBits) * step[row]];
  }
}
