import { describe, expect, it } from "vitest";
import { fillGaussian } from "../../src/signals/gaussian.js";
import { innerProducts, orthonormalise } from "../../src/signals/orthonormalise.js";
import { PositiveDefiniteSystem } from "../../src/signals/positiveDefiniteSystem.js";
import { symmetricEigen } from "../../src/signals/symmetricEigen.js";

function gaussian(length: number, seed = 7): Float32Array {
  const values = new Float32Array(length);
  fillGaussian(values, seed);
  return values;
}

/** BᵀB + I for a random B: symmetric, positive definite, full. */
function positiveDefinite(n: number): Float64Array {
  const lower = innerProducts(gaussian(2 * n * n), gaussian(2 * n * n), n);
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [row, col] = [Math.floor(at / n), at % n];
    return lower[Math.max(row, col) * n + Math.min(row, col)] + (row === col ? 1 : 0);
  });
}

describe("a positive-definite system", () => {
  it("solves even and odd numbers of equations with one scratch", () => {
    const system = new PositiveDefiniteSystem(9);
    for (const n of [9, 4, 1, 8, 3]) {
      const a = positiveDefinite(n);
      system.clear(n);
      for (let row = 0; row < n; row++) {
        for (let col = 0; col <= row; col++) system.matrix[row * system.stride + col] = a[row * n + col];
        for (let col = 0; col < n; col++) system.rhs[row] += a[row * n + col] * (col + 1);
      }
      system.solve(n);
      for (let row = 0; row < n; row++) expect(system.rhs[row]).toBeCloseTo(row + 1, 9);
    }
  });

  it("answers a singular system with numbers that are not finite", () => {
    const system = new PositiveDefiniteSystem(2);
    system.matrix.set([1, 0, 2, 1]);
    system.rhs.set([1, 1]);
    system.solve(2);
    expect(system.rhs.every(Number.isFinite)).toBe(false);
  });
});

describe("orthonormal columns", () => {
  it("span what the columns spanned, and a dependent one is zero", () => {
    const width = 5;
    const y = gaussian(50 * width);
    for (let row = 0; row < 50; row++) y[row * width + 3] = y[row * width] - 2 * y[row * width + 1];
    orthonormalise(y, width);
    const products = innerProducts(y, y, width);
    for (let a = 0; a < width; a++) {
      for (let b = 0; b <= a; b++) expect(products[a * width + b]).toBeCloseTo(a === b && a !== 3 ? 1 : 0, 4);
    }
  });
});

describe("eigenvectors of a symmetric matrix", () => {
  it("are orthonormal, largest first, and make the matrix again", () => {
    const n = 7;
    const a = positiveDefinite(n);
    const { values, vectors } = symmetricEigen(a.slice(), n);
    expect([...values]).toEqual([...values].sort((x, y) => y - x));
    for (let row = 0; row < n; row++) {
      for (let col = 0; col < n; col++) {
        let again = 0;
        let inner = 0;
        for (let k = 0; k < n; k++) {
          again += values[k] * vectors[k * n + row] * vectors[k * n + col];
          inner += vectors[row * n + k] * vectors[col * n + k];
        }
        expect(again).toBeCloseTo(a[row * n + col], 9);
        expect(inner).toBeCloseTo(row === col ? 1 : 0, 9);
      }
    }
  });

  it("survive a matrix of zeros", () => {
    expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
  });
});

describe("gaussian numbers", () => {
  it("have mean 0 and variance 1, and follow the seed", () => {
    const values = gaussian(20_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    expect(gaussian(10)).toEqual(gaussian(10));
    expect(gaussian(10)).not.toEqual(gaussian(10, 8));
  });
});
