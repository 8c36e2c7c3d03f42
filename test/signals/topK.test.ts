import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rankForTies } from "../../src/signals/tieRank.js";
import { TopK } from "../../src/signals/topK.js";

describe("the k best", () => {
  it("equal a full sort for any values, ties included", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 20 }),
        (values, k) => {
          const tieRank = Int32Array.from(values.keys(), (i) => (i * 7919) % 104729);
          const best = new TopK(k, tieRank);
          for (const [product, value] of values.entries()) best.offer(product, value);
          const products = new Int32Array(k);
          const kept = best.drainInto(products, new Float64Array(k), 0);
          const sorted = [...values.keys()].sort((a, b) => values[b] - values[a] || tieRank[a] - tieRank[b]);
          expect([...products.subarray(0, kept)]).toEqual(sorted.slice(0, k));
        },
      ),
    );
  });

  it("keep the popular one of two equals, and a cut row does not follow the ids", () => {
    const ids = ["10001", "10002", "10003", "10004", "10005", "10006", "10007", "10008"];
    const popularity = Float32Array.of(1, 1, 1, 1, 1, 9, 1, 1);
    const rank = rankForTies(ids, popularity);
    expect(rank[5]).toBe(0);
    const byRank = [...ids.keys()].sort((a, b) => rank[a] - rank[b]).map((index) => ids[index]);
    expect(byRank.slice(1)).not.toEqual(ids.filter((id) => id !== "10006"));
    expect(byRank.slice(1)).not.toEqual(ids.filter((id) => id !== "10006").reverse());
  });
});
