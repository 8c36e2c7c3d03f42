import { expect, test } from "vitest";
import type { HeldOutCase } from "../../src/training/slice/slice.js";
import { isJudge, splitCases } from "../../src/training/splitCases.js";

const NOTHING = new Int32Array(0);

/** `perShopper` cases each, in a random-looking but fixed order. */
function casesOf(shopperIds: readonly string[], perShopper = 1): HeldOutCase[] {
  const n = shopperIds.length * perShopper;
  return Array.from({ length: n }, (_, i) => ({
    shopper: Math.floor(((i * 7919) % n) / perShopper),
    visible: NOTHING,
    targets: NOTHING,
    chosenFromMs: 0,
  }));
}

const idsOf = (cases: readonly HeldOutCase[], ids: readonly string[]) => new Set(cases.map((one) => ids[one.shopper]));

test("about a fifth of the shoppers judge, and nothing is learned from any of them", () => {
  const ids = Array.from({ length: 1000 }, (_, n) => `shopper ${n}`);
  const { tuning, gates, judging } = splitCases(casesOf(ids, 3), ids);
  const judges = idsOf(judging, ids);
  expect(judges.size).toBeGreaterThan(150);
  expect(judges.size).toBeLessThan(250);
  for (const id of [...idsOf(tuning, ids), ...idsOf(gates, ids)]) expect(judges.has(id)).toBe(false);
  expect(gates.length + judging.length).toBe(3000);
});

test("whether a shopper judges can be told from their id alone", () => {
  const ids = Array.from({ length: 1000 }, (_, n) => `shopper ${n}`);
  const { gates, judging } = splitCases(casesOf(ids), ids);
  for (const id of idsOf(judging, ids)) expect(isJudge(id)).toBe(true);
  for (const id of idsOf(gates, ids)) expect(isJudge(id)).toBe(false);
  expect(ids.filter(isJudge)).toHaveLength(judging.length);
});

test("who judges once judges again when other shoppers have come", () => {
  const ids = Array.from({ length: 400 }, (_, n) => `shopper ${n}`);
  const more = [...ids.map((id) => `earlier ${id}`), ...ids];
  const before = idsOf(splitCases(casesOf(ids), ids).judging, ids);
  const after = idsOf(splitCases(casesOf(more), more).judging, more);
  expect(new Set([...after].filter((id) => ids.includes(id)))).toEqual(before);
});

test("too few cases to part judge and tune together, and the gates stay as made by hand", () => {
  const ids = Array.from({ length: 199 }, (_, n) => `shopper ${n}`);
  const cases = casesOf(ids);
  expect(splitCases(cases, ids)).toEqual({ tuning: cases, gates: [], judging: cases });
});

test("no use takes more cases than it needs", () => {
  const ids = Array.from({ length: 12_000 }, (_, n) => `shopper ${n}`);
  const { tuning, gates, judging } = splitCases(casesOf(ids), ids);
  expect([tuning.length, gates.length, judging.length]).toEqual([1500, 8000, 1500]);
});
