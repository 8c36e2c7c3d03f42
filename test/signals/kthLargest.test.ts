import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kthLargest, sumOfLargest } from "../../src/signals/kthLargest.js";

/** Few different numbers and many, near each other and far apart, of both signs and without end. */
const number = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.double({ noNaN: true }),
  fc.double({ noNaN: true, min: 1, max: 1.001 }),
  fc.double({ noNaN: true, min: 0, max: 1000 }),
);
const numbers = fc.oneof(
  fc.array(number, { minLength: 1, maxLength: 30 }),
  fc.array(number, { minLength: 25, maxLength: 400 }),
  fc.array(
    number.map((value) => -Math.abs(value)),
    { minLength: 25, maxLength: 60 },
  ),
);

describe("of the first n numbers, whatever follows them,", () => {
  it("the k-th largest is the k-th of the sorted, and all stay as they are", () => {
    fc.assert(
      fc.property(numbers, fc.nat(), fc.nat({ max: 5 }), (list, pick, nSpare) => {
        const k = 1 + (pick % list.length);
        const values = Float64Array.from([...list, ...new Array<number>(nSpare).fill(Number.POSITIVE_INFINITY)]);
        const found = kthLargest(values, list.length, k);
        // Zeros compare equal whatever their sign.
        expect(found + 0).toBe(Float64Array.from(list).sort().reverse()[k - 1] + 0);
        expect([...values.subarray(0, list.length)]).toEqual(list);
      }),
      { numRuns: 500 },
    );
  });

  it("the k largest add up to their sum, ties with the last counted as often as they are among them", () => {
    const small = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(small, fc.nat(), (list, pick) => {
        const k = 1 + (pick % list.length);
        const values = Float64Array.from([...list, 1000]);
        const sorted = Float64Array.from(list).sort().reverse().slice(0, k);
        const least = kthLargest(values, list.length, k);
        expect(sumOfLargest(values, list.length, k, least)).toBe(sorted.reduce((sum, value) => sum + value, 0));
      }),
    );
  });

  it("more than ever before are taken as well", () => {
    const values = Float64Array.from({ length: 50_000 }, (_, i) => (i * 7919) % 50_000);
    expect(kthLargest(values, values.length, 123)).toBe(50_000 - 123);
  });
});
