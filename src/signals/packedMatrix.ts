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
  /** Length nRows + 1; row r holds entries rowStart[r] … rowStart[r + 1] − 1. */
  readonly rowStart: Int32Array;
  readonly entry: Uint32Array;
  /** column = entry >>> (32 − columnBits), steps = (entry << columnBits) >> columnBits. */
  readonly columnBits: number;
  /** Value of one step, per row. */
  readonly step: Float64Array;
}

/**
 * @param matrix finite values of any sign; none becomes 0
 * Cost: two passes over the entries.
 */
export function packMatrix({ nRows, nCols, rowStart, col, value }: SparseMatrix): PackedMatrix {
  const columnBits = Math.max(1, 32 - Math.clz32(Math.max(0, nCols - 1)));
  const perColumn = 2 ** (32 - columnBits);
  const most = perColumn / 2 - 1;
  const entry = new Uint32Array(col.length);
  const step = new Float64Array(nRows);
  for (let row = 0; row < nRows; row++) {
    let largest = 0;
    for (let e = rowStart[row]; e < rowStart[row + 1]; e++) largest = Math.max(largest, Math.abs(value[e]));
    step[row] = (largest === 0 ? 1 : largest) / most;
    for (let e = rowStart[row]; e < rowStart[row + 1]; e++) {
      const steps = Math.sign(value[e]) * Math.max(1, Math.round(Math.abs(value[e]) / step[row]));
      entry[e] = col[e] * perColumn + (steps < 0 ? steps + perColumn : steps);
    }
  }
  return { nRows, nCols, rowStart, entry, columnBits, step };
}

/** The products of one row with their values, in the order of the matrix. */
export function* entriesOfRow(
  { rowStart, entry, columnBits, step }: PackedMatrix,
  row: number,
): Generator<[product: number, value: number]> {
  for (let e = rowStart[row]; e < rowStart[row + 1]; e++) {
    yield [entry[e] >>> (32 - columnBits), ((entry[e] << columnBits) >> columnBits) * step[row]];
  }
}
