import { expect, test } from "vitest";
import { ProductNumbers } from "../../src/serving/productNumbers.js";

function numbered(productNumbers: readonly number[]): ProductNumbers {
  const numbers = new ProductNumbers();
  for (const [place, productNo] of productNumbers.entries()) numbers.set(productNo, place);
  return numbers;
}

test("a product is found by its number, however large, and whatever came before it", () => {
  const productNumbers = [2 ** 31 - 1, 7, 150_000_000, 5_000, 0, 1_024];
  const numbers = numbered(productNumbers);
  expect(productNumbers.map((productNo) => numbers.get(productNo))).toEqual([0, 1, 2, 3, 4, 5]);
  expect([1, 1_023, 6_000, 149_999_999].map((productNo) => numbers.get(productNo))).toEqual([-1, -1, -1, -1]);
});

test("a number given again leads to the later place", () => {
  const numbers = numbered([5, 3_000_000]);
  numbers.set(5, 8);
  numbers.set(3_000_000, 9);
  expect([numbers.get(5), numbers.get(3_000_000)]).toEqual([8, 9]);
});

test("memory follows from the count of products, not from how large their numbers are", () => {
  const far = numbered(Array.from({ length: 3_000 }, (_, i) => 150_000_000 + i));
  expect(far.denseLength).toBe(1_024);
  const holes = numbered(Array.from({ length: 3_000 }, (_, i) => i * 1_000));
  expect(holes.denseLength).toBeLessThanOrEqual(8 * 3_000);
});

test.each([
  ["upwards", (i: number) => i],
  ["downwards", (i: number) => 39_999 - i],
  ["in any order", (i: number) => (i * 7_919) % 40_000],
])("dense numbers that come %s end in one array", (_, numberAt) => {
  const numbers = numbered(Array.from({ length: 40_000 }, (_, i) => numberAt(i)));
  expect(numbers.denseLength).toBeGreaterThanOrEqual(40_000);
  expect(numbers.denseLength).toBeLessThanOrEqual(8 * 40_000);
  for (let i = 0; i < 40_000; i++) expect(numbers.get(numberAt(i))).toBe(i);
});
