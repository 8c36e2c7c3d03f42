import { describe, expect, it } from "vitest";
import { Accumulator, addPackedRows } from "../../src/signals/accumulator.js";
import { entriesOfRow, packMatrix, packTogether } from "../../src/signals/packedMatrix.js";
import type { SparseMatrix } from "../../src/signals/sparseMatrix.js";

/** Rows of products with their values, among `nCols` products. */
function matrixOf(nCols: number, ...rows: readonly (readonly [product: number, value: number])[][]): SparseMatrix {
  const rowStart = new Int32Array(rows.length + 1);
  rows.forEach((row, r) => {
    rowStart[r + 1] = rowStart[r] + row.length;
  });
  const entries = rows.flat();
  return {
    nRows: rows.length,
    nCols,
    rowStart,
    col: Int32Array.from(entries, ([product]) => product),
    value: Float32Array.from(entries, ([, value]) => value),
  };
}

describe("a packed matrix", () => {
  it.each([1, 2, 3000, 65_536, 65_537, 1_000_000])("tells %d products apart, the last as well", (nCols) => {
    const packed = packMatrix(matrixOf(nCols, [[nCols - 1, 3]], [], [[0, 2]]));
    expect([...entriesOfRow(packed, 0)]).toEqual([[nCols - 1, expect.closeTo(3, 10)]]);
    expect([...entriesOfRow(packed, 1)]).toEqual([]);
    expect([...entriesOfRow(packed, 2)]).toEqual([[0, expect.closeTo(2, 10)]]);
  });

  it("keeps values within half a step of the row's largest, of either sign", () => {
    const values = [0.9, 0.3333, 0.01, -0.25, -1.5, 0];
    const packed = packMatrix(
      matrixOf(
        4000,
        values.map((value, product) => [product, value] as const),
      ),
    );
    const step = 1.5 / (2 ** 19 - 1);
    const read = [...entriesOfRow(packed, 0)].map(([, value]) => value);
    for (const [v, value] of values.entries()) expect(Math.abs(read[v] - value)).toBeLessThanOrEqual(step / 2 + 1e-7);
  });

  it("loses no answer, however small beside the row's largest", () => {
    const packed = packMatrix(
      matrixOf(60_000, [
        [0, 1],
        [1, 1e-9],
        [2, -1e-9],
      ]),
    );
    const [, small, negative] = [...entriesOfRow(packed, 0)].map(([, value]) => value);
    expect(small).toBeGreaterThan(0);
    expect(negative).toBeLessThan(0);
  });

  it.each([5, 4000])("adds up like the matrix it was made of, among %d products", (nProducts) => {
    const matrix = matrixOf(
      nProducts,
      [
        [1, 0.5],
        [2, 0.25],
      ],
      [
        [2, 1],
        [4, -0.5],
      ],
      [[3, 0.125]],
    );
    const expected = new Accumulator(nProducts);
    expected.addRow(matrix, 0, 2);
    expected.addRow(matrix, 1, 1);
    const sums = new Accumulator(nProducts);
    for (let list = 0; list < 2; list++) {
      addPackedRows([sums], [packMatrix(matrix)], Int32Array.of(0, 1, 2, 3), Float64Array.of(2, 1, -1, 7));
      sums.add(0, 4); // what comes after the rows counts too
      for (let product = 1; product < 5; product++) {
        expect(sums.sum[product]).toBeCloseTo(expected.sum[product], 5);
      }
      const touched = new Set(sums.touched.subarray(0, sums.nTouched));
      for (const product of [0, 1, 2, 4]) expect(touched).toContain(product);
      sums.clear();
      expect(sums.nTouched).toBe(0);
      expect(sums.sum.every((sum) => sum === 0)).toBe(true);
    }
  });

  it("beside others keeps its own rows, and all are added up in one go as each alone", () => {
    const one = matrixOf(5, [[1, 0.5]], [], [[4, 2]]);
    const other = matrixOf(5, [], [[3, -1]], [[0, 8]]);
    const together = packTogether([one, other]);
    expect([...entriesOfRow(together[0], 2)]).toEqual([[4, expect.closeTo(2, 5)]]);
    expect([...entriesOfRow(together[1], 0)]).toEqual([]);
    expect([...entriesOfRow(together[1], 1)]).toEqual([[3, expect.closeTo(-1, 5)]]);
    const sums = [new Accumulator(5), new Accumulator(5)];
    addPackedRows(sums, together, Int32Array.of(0, 1, 2), Float64Array.of(2, 1, 3));
    expect([...sums[0].sum]).toEqual([0, expect.closeTo(1, 5), 0, 0, expect.closeTo(6, 5)]);
    expect([...sums[1].sum]).toEqual([expect.closeTo(24, 5), 0, 0, expect.closeTo(-1, 5), 0]);
  });
});
