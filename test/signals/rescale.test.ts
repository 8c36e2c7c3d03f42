import { describe, expect, it } from "vitest";
import { rescale } from "../../src/signals/rescale.js";
import type { MatrixSignal, Parameters } from "../../src/signals/signal.js";
import type { SparseMatrix } from "../../src/signals/sparseMatrix.js";
import { MATRIX_SIGNALS } from "../../src/training/signalCatalogue.js";
import { busyShop } from "../worlds/busyShop.js";
import { deed, Shop } from "../worlds/shop.js";
import { fitWhole, signalInput } from "./signalInput.js";

/** A busy shop in which some products are chosen more than others. No row is longer than its 24 products: no k cuts it. */
function unevenShop(): Shop {
  const busy = busyShop();
  const fans = Array.from({ length: 40 }, (_, n) => [
    deed(`fan ${n}`, `Tea ${n % 5}`, { day: n / 2, order: `fan ${n}` }),
    deed(`fan ${n}`, `Tea ${n % 2}`, { day: n / 2, order: `fan ${n}` }),
    deed(`fan ${n}`, "Garden 1", { day: n / 2 + 1 }),
  ]);
  return new Shop(busy.products, [...busy.rows.map((row) => row.deed), ...fans.flat()], busy.settings, busy.segments);
}

const input = signalInput(unevenShop());

/** For each parameter that only scales: what to fit with, and what to turn it into. A training fits without the trend. */
const CHANGES: Readonly<Record<string, readonly [Parameters, Parameters]>> = {
  beta: [{ beta: 0.5 }, { beta: 0.1 }],
  sourceDamping: [{ sourceDamping: 0.4 }, { sourceDamping: 0.8 }],
  targetDamping: [{ targetDamping: 0.1 }, { targetDamping: 0.3 }],
  trendExponent: [{ trendExponent: 0 }, { trendExponent: 1 }],
  trendHalfLifeDays: [{ trendExponent: 0 }, { trendExponent: 0.5, trendHalfLifeDays: 4 }],
};

const scaledParameters = MATRIX_SIGNALS.flatMap((signal) =>
  signal.scaled.map((parameter) => [signal.name, parameter, signal] as const),
);

function valueByPlace({ nRows, rowStart, col, value }: SparseMatrix): Map<string, number> {
  const found = new Map<string, number>();
  for (let row = 0; row < nRows; row++) {
    for (let e = rowStart[row]; e < rowStart[row + 1]; e++) found.set(`${row} → ${col[e]}`, value[e]);
  }
  return found;
}

function fitted(signal: MatrixSignal, parameters: Parameters): SparseMatrix {
  const matrix = fitWhole(signal, input, parameters);
  if (matrix === null || matrix.col.length === 0) throw new Error(`The world does not carry ${signal.name}`);
  return matrix;
}

/** Largest difference of two matrices with the same entries, as a share of the largest entry. */
function distance(one: SparseMatrix, other: SparseMatrix): number {
  const [a, b] = [valueByPlace(one), valueByPlace(other)];
  expect([...a.keys()].sort()).toEqual([...b.keys()].sort());
  const largest = Math.max(...[...b.values()].map(Math.abs));
  return Math.max(...[...a].map(([place, value]) => Math.abs(value - (b.get(place) as number)))) / largest;
}

describe("a matrix scaled anew", () => {
  it.each(scaledParameters)("%s, other %s: equals a new fit where no row is cut", (_name, parameter, signal) => {
    const [from, to] = CHANGES[parameter].map((change) => ({ ...signal.defaults, ...change }));
    const before = fitted(signal, from);
    const anew = fitted(signal, to);
    expect(distance(before, anew)).toBeGreaterThan(0.01);
    expect(distance(rescale(before, signal.scaling(input, from, to)), anew)).toBeLessThan(1e-6);
  });

  it("leaves the matrix that it was made from as it was", () => {
    const matrix = { nRows: 1, nCols: 2, rowStart: Int32Array.of(0, 2), col: Int32Array.of(0, 1) };
    const before = { ...matrix, value: Float32Array.of(3, 1) };
    const after = rescale(before, {
      column: Float64Array.of(1, 3),
      isNormalised: true,
      trend: Float32Array.of(1, 0.5),
    });
    expect([...before.value]).toEqual([3, 1]);
    expect([...after.value]).toEqual([0.5, 0.25]);
  });

  it("has no sum to scale by in a row that is empty or sums to nothing", () => {
    const matrix = { nRows: 2, nCols: 2, rowStart: Int32Array.of(0, 0, 2), col: Int32Array.of(0, 1) };
    const after = rescale({ ...matrix, value: Float32Array.of(1, -1) }, { isNormalised: true });
    expect([...after.value]).toEqual([1, -1]);
  });
});
