import fc from "fast-check";
import { expect, test } from "vitest";
import { kthLargest } from "../../src/signals/kthLargest.js";

test("the k largest stand in front and the smallest of them is returned, whatever the values and ties", () => {
  const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true })), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.nat(), fc.nat({ max: 5 }), (list, pick, nSpare) => {
      const k = 1 + (pick % list.length);
      const work = Float64Array.from([...list, ...new Array<number>(nSpare).fill(Number.POSITIVE_INFINITY)]);
      const found = kthLargest(work, list.length, k);
      const sorted = Float64Array.from(list).sort().reverse();
      // Zeros compare equal whatever their sign.
      expect(found + 0).toBe(sorted[k - 1] + 0);
      const front = work.slice(0, k).sort().reverse();
      expect(front.map((v) => v + 0)).toEqual(sorted.slice(0, k).map((v) => v + 0));
    }),
  );
});
