import { expect, test } from "vitest";
import { shopperKeys } from "../../src/domain/shopperKey.js";
import { invertHistories, keysOf, withoutHistories } from "../../src/signals/historyIndex.js";

test("an index without some histories is what it would be had they never been", () => {
  const indexOf = (histories: readonly (readonly number[])[], numbers: readonly number[]) => {
    const start = Int32Array.of(0, ...histories.map((_, h) => histories.slice(0, h + 1).flat().length));
    const product = Int32Array.from(histories.flat());
    return {
      start,
      product,
      weight: Float32Array.from(product, (p) => p / 2),
      likeness: Float32Array.from(numbers),
      shopperKey: keysOf(numbers, shopperKeys(["a", "b", "c", "d"])),
      productFactor: Float32Array.of(1, 2, 3),
      ...invertHistories(start, product, 3),
    };
  };
  const all = indexOf([[0, 1], [2], [1, 1, 0], [2, 0]], [0, 1, 2, 3]);
  expect(withoutHistories(all, (h) => h === 1 || h === 2)).toEqual(
    indexOf(
      [
        [0, 1],
        [2, 0],
      ],
      [0, 3],
    ),
  );
  expect(withoutHistories(all, () => true).posting).toHaveLength(0);
});
