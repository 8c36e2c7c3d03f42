import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Placement } from "../../src/domain/recommendation.js";
import { type GateParameters, HAND_GATES, N_SIGNALS } from "../../src/scorer/gates.js";
import { scoreByReference } from "../../src/scorer/reference.js";
import type { ScoreBatch, Scorer } from "../../src/scorer/scorer.js";

const PLACEMENTS: readonly Placement[] = ["user", "product", "similar", "boughtTogether", "trending"];

function batchOf(lists: readonly (readonly number[])[]): ScoreBatch {
  const start = new Int32Array(lists.length + 1);
  for (let l = 0; l < lists.length; l++) start[l + 1] = start[l] + Math.floor(lists[l].length / N_SIGNALS);
  const flat = lists.flatMap((values) => values.slice(0, Math.floor(values.length / N_SIGNALS) * N_SIGNALS));
  return { start, placement: lists.map((_, l) => PLACEMENTS[l % PLACEMENTS.length]), value: Float32Array.from(flat) };
}

const finite = (limit: number) => fc.float({ min: -limit, max: limit, noNaN: true });
const anyBatch = fc.array(fc.array(finite(50), { maxLength: 60 }), { maxLength: 12 }).map(batchOf);
const anyWeights = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), {
  minLength: N_SIGNALS,
  maxLength: N_SIGNALS,
});

/** What every scorer promises, whatever it computes on. The plain reference is the specification. */
export function describeScorer(name: string, create: (gates: GateParameters) => Promise<Scorer>): void {
  describe(`a scorer on ${name}`, () => {
    it("agrees with the reference within 1e-5 on any batch", async () => {
      const scorer = await create(HAND_GATES);
      fc.assert(
        fc.property(anyBatch, anyWeights, (batch, weights) => {
          const expected = scoreByReference(HAND_GATES, batch, Float64Array.from(weights));
          const found = scorer.score(batch, Float64Array.from(weights));
          expect(found.score.length).toBe(expected.score.length);
          const scale = (row: number) => largestTerm(batch, row, weights);
          for (let row = 0; row < expected.score.length; row++) {
            expect(Math.abs(found.score[row] - expected.score[row])).toBeLessThanOrEqual(
              1e-5 * Math.max(1, scale(row)),
            );
          }
        }),
        { numRuns: 60 },
      );
    });

    it("gives a list the same scores alone and inside a batch", async () => {
      const scorer = await create(HAND_GATES);
      const weight = new Float64Array(N_SIGNALS).fill(1);
      const values = Array.from({ length: 40 * N_SIGNALS }, (_, i) => Math.sin(i) * 3);
      const alone = scorer.score(batchOf([values]), weight).score;
      const batch = scorer.score(batchOf([values, values.map((v) => -v), values, values, values, values]), weight);
      expect([...batch.score.slice(5 * 40, 6 * 40)]).toEqual([...alone]);
    });

    it("takes a signal out when its weight is 0", async () => {
      const scorer = await create(HAND_GATES);
      const weight = new Float64Array(N_SIGNALS);
      const scores = scorer.score(batchOf([[1, 2, 3, 4, 5, 6, 7, 8]]), weight);
      expect([...scores.score]).toEqual([0, 0]);
    });

    it("answers empty batches and empty lists", async () => {
      const scorer = await create(HAND_GATES);
      const weight = new Float64Array(N_SIGNALS).fill(1);
      expect(scorer.score(batchOf([]), weight).score).toHaveLength(0);
      expect(scorer.score(batchOf([[], [1, 1, 1, 1], []]), weight).score).toHaveLength(1);
    });
  });
}

/** Sums of large terms of both signs lose digits in float32: the tolerance is relative to the largest term. */
function largestTerm(batch: ScoreBatch, row: number, weights: readonly number[]): number {
  let largest = 0;
  for (let s = 0; s < N_SIGNALS; s++) {
    largest = Math.max(largest, Math.abs(weights[s] * batch.value[row * N_SIGNALS + s]));
  }
  return largest;
}
