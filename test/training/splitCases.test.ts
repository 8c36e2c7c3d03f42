import { expect, test } from "vitest";
import type { HeldOutCase, Slice } from "../../src/training/slice/slice.js";
import { splitCases } from "../../src/training/splitCases.js";

const NOTHING = new Int32Array(0);

/** `perShopper` cases each, in a random-looking but fixed order. */
function sliceOf(shopperIds: readonly string[], perShopper = 1): Slice {
  const n = shopperIds.length * perShopper;
  const cases = Array.from({ length: n }, (_, i) => ({
    shopper: Math.floor(((i * 7919) % n) / perShopper),
    visible: NOTHING,
    targets: NOTHING,
    chosenFromMs: 0,
  }));
  return { kind: "lastEvent", isHidden: new Uint8Array(0), cases, counts: {} };
}

const idsOf = (cases: readonly HeldOutCase[], ids: readonly string[]) => new Set(cases.map((one) => ids[one.shopper]));

test("about a fifth of the shoppers judge, and nothing is learned from any of them", () => {
  const ids = Array.from({ length: 1000 }, (_, n) => `shopper ${n}`);
  const { learning, newestLearning, judging } = splitCases(sliceOf(ids, 3), sliceOf(ids.slice(0, 150)), ids);
  const judges = idsOf(judging, ids);
  expect(judges.size).toBeGreaterThan(150);
  expect(judges.size).toBeLessThan(250);
  for (const id of [...idsOf(learning, ids), ...idsOf(newestLearning, ids)]) expect(judges.has(id)).toBe(false);
  expect(learning.length + judging.length).toBe(3000);
  expect(newestLearning.length).toBeGreaterThan(100);
});

test("who judges once judges again when other shoppers have come", () => {
  const ids = Array.from({ length: 400 }, (_, n) => `shopper ${n}`);
  const more = [...ids.map((id) => `earlier ${id}`), ...ids];
  const before = idsOf(splitCases(sliceOf(ids), null, ids).judging, ids);
  const after = idsOf(splitCases(sliceOf(more), null, more).judging, more);
  expect(new Set([...after].filter((id) => ids.includes(id)))).toEqual(before);
});

test("too few cases to part are learned from and judge alike", () => {
  const ids = Array.from({ length: 199 }, (_, n) => `shopper ${n}`);
  const slice = sliceOf(ids);
  const newest = sliceOf(ids.slice(0, 20));
  expect(splitCases(slice, newest, ids)).toEqual({
    learning: slice.cases,
    newestLearning: newest.cases,
    judging: slice.cases,
  });
});

test("no more judge than are needed", () => {
  const ids = Array.from({ length: 12_000 }, (_, n) => `shopper ${n}`);
  expect(splitCases(sliceOf(ids), null, ids).judging.length).toBe(1500);
});
