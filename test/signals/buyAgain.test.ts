import { describe, expect, it } from "vitest";
import { buyAgainScores } from "../../src/signals/buyAgain.js";

const DAY_MS = 86_400_000;
const TODAY = 1000;

/** Ranks products by number; each is given the days on which it was bought, NaN for an unknown one. */
function ranked(days: Readonly<Record<number, readonly number[]>>, nowDay = TODAY): number[] {
  return [...scores(days, nowDay).keys()];
}

function scores(days: Readonly<Record<number, readonly number[]>>, nowDay = TODAY): Map<number, number> {
  const rows = Object.entries(days).flatMap(([product, all]) => all.map((day) => ({ product: Number(product), day })));
  rows.sort((a, b) => Number(Number.isNaN(b.day)) - Number(Number.isNaN(a.day)) || a.day - b.day);
  const { product, score } = buyAgainScores(
    Int32Array.from(rows, (row) => row.product),
    Float64Array.from(rows, (row) => row.day * DAY_MS),
    nowDay * DAY_MS,
  );
  return new Map(Array.from(product, (p, n) => [p, score[n]]));
}

describe("buying again", () => {
  it("puts what is due before what was bought yesterday and lasts a month", () => {
    const due = [TODAY - 90, TODAY - 60, TODAY - 30];
    const justBought = [TODAY - 61, TODAY - 31, TODAY - 1];
    expect(ranked({ 1: justBought, 2: due })).toEqual([2, 1]);
  });

  it("puts what is due before what is overdue by years", () => {
    expect(ranked({ 1: [TODAY - 800, TODAY - 770, TODAY - 740], 2: [TODAY - 90, TODAY - 60, TODAY - 30] })).toEqual([
      2, 1,
    ]);
  });

  it("puts what is bought often before what is bought seldom", () => {
    expect(ranked({ 1: [TODAY - 40, TODAY - 20], 2: [TODAY - 80, TODAY - 60, TODAY - 40, TODAY - 20] })).toEqual([
      2, 1,
    ]);
  });

  it("equals the formula computed by hand", () => {
    const found = scores({ 1: [TODAY - 30, TODAY - 20, TODAY - 4], 2: [TODAY - 140, TODAY - 130] });
    expect(found.get(1)).toBeCloseTo(3 * (5 / 14) ** 0.2, 9);
    expect(found.get(2)).toBeCloseTo(2 * 2 ** -1, 9);
  });

  it("lists what was bought once last, the more recent first", () => {
    expect(ranked({ 1: [TODAY - 90], 2: [TODAY - 3], 3: [TODAY - 60, TODAY - 30] })).toEqual([3, 2, 1]);
  });

  it("takes several purchases of a day for one", () => {
    expect(scores({ 1: [TODAY - 9.1, TODAY - 9.2, TODAY - 9.3] }).get(1)).toBeCloseTo(0.1 * 2 ** (-9.1 / 120), 9);
  });

  it("counts purchases of unknown time without giving them an interval", () => {
    const unknown = scores({ 1: [Number.NaN, Number.NaN], 2: [TODAY - 60, TODAY - 30] });
    expect([...unknown.keys()]).toEqual([2, 1]);
    expect(scores({ 1: [Number.NaN, TODAY - 10] }).get(1)).toBeCloseTo(2 * 2 ** (-10 / 120), 9);
    expect(ranked({ 1: [Number.NaN], 2: [Number.NaN, Number.NaN] }, Number.NaN)).toEqual([2, 1]);
  });

  it("depends on ages, not on dates, and tolerates purchases after the shop's newest event", () => {
    const days = { 1: [TODAY - 30, TODAY - 5], 2: [TODAY - 50, TODAY - 20], 3: [TODAY + 1] };
    const shifted = Object.fromEntries(Object.entries(days).map(([p, all]) => [p, all.map((day) => day + 7.3)]));
    expect([...scores(shifted, TODAY + 7.3).keys()]).toEqual(ranked(days));
    expect([...scores(days).values()].every((score) => Number.isFinite(score) && score > 0)).toBe(true);
  });

  it("has nothing to say of nothing", () => {
    expect(scores({}).size).toBe(0);
  });
});
