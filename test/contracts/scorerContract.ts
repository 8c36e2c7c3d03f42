import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Placement } from "../../src/domain/recommendation.js";
import { SIGNAL_NAMES } from "../../src/domain/setting.js";
import { N_CONTEXT } from "../../src/scorer/contextFeatures.js";
import { N_INPUTS } from "../../src/scorer/gateNetwork.js";
import { type GateParameters, HAND_GATES, N_SIGNALS } from "../../src/scorer/gates.js";
import { scoreByReference, sumTerms } from "../../src/scorer/reference.js";
import type { ScoreBatch, Scorer } from "../../src/scorer/scorer.js";

const PLACEMENTS: readonly Placement[] = ["user", "product", "similar", "boughtTogether", "trending"];
const N_HIDDEN = 16;

/** `n` float32 numbers in −limit … limit that look random and are the same in every run. */
function wave(n: number, limit: number, phase: number): number[] {
  return Array.from({ length: n }, (_, i) => Math.fround(limit * Math.sin(12.9898 * (i + 1) + phase)));
}

/** A network like a trained one: inputs scaled to about 1, weights of a few tenths. It decides for users and products. */
export const NETWORK_GATES: GateParameters = {
  ...HAND_GATES,
  kind: "network",
  network: {
    mean: wave(N_INPUTS, 0.5, 1),
    deviation: wave(N_INPUTS, 0.4, 2).map((x) => Math.fround(1 + x)),
    w1: wave(N_INPUTS * N_HIDDEN, 0.4, 3),
    b1: wave(N_HIDDEN, 0.3, 4),
    w2: wave(N_HIDDEN * N_SIGNALS, 0.4, 5),
    b2: wave(N_SIGNALS, 2, 6),
    scale: Array.from({ length: N_SIGNALS }, (_, signal) => 1 + (signal % 3)),
  },
  networkPlacements: ["user", "product"],
};

/** Lists of `nRows[l]` rows with the numbers of `numbers` in turn, over and over; placements take turns, too. */
export function batchOf(nRows: readonly number[], numbers: readonly number[]): ScoreBatch {
  const start = new Int32Array(nRows.length + 1);
  for (let l = 0; l < nRows.length; l++) start[l + 1] = start[l] + nRows[l];
  const all = start[nRows.length];
  const read = (_: unknown, i: number) => numbers[i % numbers.length];
  return {
    start,
    placement: nRows.map((_, l) => PLACEMENTS[l % PLACEMENTS.length]),
    value: Float32Array.from({ length: all * N_SIGNALS }, read),
    context: Float32Array.from({ length: all * N_CONTEXT }, read),
  };
}

/** Native TensorFlow takes denormal numbers for 0, so that their flag would differ. */
const answer = fc
  .oneof(fc.constant(0), fc.float({ min: -8, max: 8, noNaN: true }))
  .map((value) => (Math.abs(value) < 1e-30 ? 0 : value));
const anyBatch = fc
  .tuple(
    fc.array(fc.nat({ max: 6 }), { maxLength: 12 }),
    fc.array(answer, { minLength: 4 * N_SIGNALS, maxLength: 20 * N_SIGNALS }),
  )
  .map(([nRows, numbers]) => batchOf(nRows, numbers));
const anyWeights = fc
  .array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: N_SIGNALS, maxLength: N_SIGNALS })
  .map((weights) => Float64Array.from(weights));
const ONES = new Float64Array(N_SIGNALS).fill(1);

/** What every scorer promises, whatever it computes on. The plain reference is the specification. */
export function describeScorer(name: string, create: (gates: GateParameters) => Promise<Scorer>): void {
  describe.each([
    ["constant gates", HAND_GATES],
    ["a network of gates", NETWORK_GATES],
  ])(`a scorer on ${name} with %s`, (_, gates) => {
    it("agrees with the reference within 1e-5 on any batch", async () => {
      const scorer = await create(gates);
      fc.assert(
        fc.property(anyBatch, anyWeights, (batch, weight) => {
          const expected = scoreByReference(gates, batch, weight);
          const found = scorer.score(batch, weight);
          expect(found.score.length).toBe(expected.score.length);
          for (let row = 0; row < expected.score.length; row++) {
            const tolerance = 1e-5 * Math.max(1, largestTerm(batch, row, found.gatesOf(row), weight));
            expect(Math.abs(found.score[row] - expected.score[row])).toBeLessThanOrEqual(tolerance);
          }
        }),
        { numRuns: 60 },
      );
    });

    it("shows the gates whose terms, left to right, sum to the score", async () => {
      const scorer = await create(gates);
      fc.assert(
        fc.property(anyBatch, anyWeights, (batch, weight) => {
          const { score, gatesOf } = scorer.score(batch, weight);
          const { gatesOf: expected } = scoreByReference(gates, batch, weight);
          for (let row = 0; row < score.length; row++) {
            const gate = gatesOf(row);
            expect([...gate]).toEqual([...expected(row)]);
            for (const g of gate) expect(g >= 0 && Number.isFinite(g)).toBe(true);
            const terms = [...gate].map((g, s) => weight[s] * g * batch.value[row * N_SIGNALS + s]);
            const shown = terms.reduce((sum, term) => sum + term, 0);
            expect(sumTerms(batch.value, row * N_SIGNALS, gate, weight)).toBe(shown);
            const tolerance = 1e-5 * Math.max(1, largestTerm(batch, row, gate, weight));
            expect(Math.abs(score[row] - shown)).toBeLessThanOrEqual(tolerance);
          }
        }),
        { numRuns: 30 },
      );
    });

    it("gives a list the same scores alone and inside a batch", async () => {
      const scorer = await create(gates);
      const numbers = wave(40 * N_SIGNALS, 3, 7);
      const alone = scorer.score(batchOf([40], numbers), ONES).score;
      const inside = batchOf([40, 40, 40, 40, 40, 40], numbers);
      inside.value.copyWithin(5 * 40 * N_SIGNALS, 0, 40 * N_SIGNALS);
      inside.context.copyWithin(5 * 40 * N_CONTEXT, 0, 40 * N_CONTEXT);
      const among = scorer.score(inside, ONES).score.slice(5 * 40);
      for (let row = 0; row < 40; row++) {
        expect(Math.abs(among[row] - alone[row])).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(alone[row])));
      }
    });

    it("multiplies each signal by the admin's weight, and 0 takes it out", async () => {
      const scorer = await create(gates);
      const batch = batchOf([30], wave(30 * N_SIGNALS, 3, 8));
      for (let s = 0; s < N_SIGNALS; s++) {
        const only = (weight: number) => {
          const weights = new Float64Array(N_SIGNALS);
          weights[s] = weight;
          return scorer.score(batch, weights).score;
        };
        const [none, once, thrice] = [only(0), only(1), only(3)];
        for (let row = 0; row < 30; row++) {
          expect(none[row]).toBeCloseTo(0, 12);
          expect(thrice[row]).toBeCloseTo(3 * once[row], 4);
        }
      }
    });

    it("multiplies what the network says by its scale, and 0 shuts a gate", async () => {
      const { network } = gates;
      if (network === null) return;
      const times = SIGNAL_NAMES.map((_, s) => [0, 1, 2.5][s % 3]);
      const scaled = { ...gates, network: { ...network, scale: network.scale.map((scale, s) => scale * times[s]) } };
      const [plain, other] = [await create(gates), await create(scaled)];
      const batch = { ...batchOf([30], wave(30 * N_SIGNALS, 3, 10)), placement: ["user" as const] };
      const [before, after] = [plain.score(batch, Float64Array.from(times)), other.score(batch, ONES)];
      for (let row = 0; row < 30; row++) {
        const tolerance = 1e-5 * Math.max(1, largestTerm(batch, row, after.gatesOf(row), ONES));
        expect(Math.abs(after.score[row] - before.score[row])).toBeLessThanOrEqual(tolerance);
        const gate = after.gatesOf(row);
        for (const [s, open] of before.gatesOf(row).entries()) {
          expect(Math.abs(gate[s] - times[s] * open)).toBeLessThanOrEqual(1e-6 * times[s] * open);
        }
      }
    });

    it("gives nothing for a signal that does not answer, however open its gate", async () => {
      const scorer = await create(gates);
      const silent = batchOf([3, 3], [0]);
      silent.context.set(wave(silent.context.length, 8, 9));
      const { score, gatesOf } = scorer.score(silent, ONES);
      for (let row = 0; row < 6; row++) {
        expect(Math.abs(score[row])).toBe(0);
        expect(sumTerms(silent.value, row * N_SIGNALS, gatesOf(row), ONES)).toBe(0);
      }
    });

    it("answers empty batches and empty lists, and finds the gates of the rows between them", async () => {
      const scorer = await create(gates);
      expect(scorer.score(batchOf([], [1]), ONES).score).toHaveLength(0);
      expect(scorer.score(batchOf([0, 0], [1]), ONES).score).toHaveLength(0);
      const { score, gatesOf } = scorer.score(batchOf([0, 0, 0, 1, 0], [1]), ONES);
      expect(score).toHaveLength(1);
      expect([...gatesOf(0)]).toEqual([...Float32Array.from(gates.byPlacement.boughtTogether)]);
    });
  });
}

/**
 * Sums of large terms of both signs lose digits in float32, and a nearly closed gate is exact to 6e-8 of an open one: the
 * tolerance is relative to the largest term, with gates below 1 taken as 1.
 */
function largestTerm(batch: ScoreBatch, row: number, gate: Float32Array, weight: Float64Array): number {
  let largest = 0;
  for (let s = 0; s < N_SIGNALS; s++) {
    largest = Math.max(largest, Math.abs(weight[s] * Math.max(1, gate[s]) * batch.value[row * N_SIGNALS + s]));
  }
  return largest;
}
