import { describe, expect, it } from "vitest";
import { neighbours } from "../../src/signals/neighbours.js";
import { type Deed, deed, Shop } from "../worlds/shop.js";
import { answerOf, signalInput } from "./signalInput.js";

/** A shopper of like taste, whose old and new choices differ, and one of another taste. */
const LIKE_AND_UNLIKE = [
  deed("like", "shared 1", { day: 1 }),
  deed("like", "old choice", { day: 1 }),
  deed("like", "shared 2", { day: 50 }),
  deed("like", "recent choice", { day: 99 }),
  deed("unlike", "shared 1", { day: 1 }),
  ...["u1", "u2", "u3", "u4"].map((id) => deed("unlike", id, { day: 2 })),
  deed("unlike", "unlike's choice", { day: 99 }),
  deed("stranger", "else 1", { day: 100 }),
  deed("stranger", "else 2", { day: 100 }),
];
const PROFILE = ["shared 2", "shared 1"];

function answer(deeds: readonly Deed[], parameters = {}): Map<string, number> | null {
  return answerOf(neighbours, signalInput(new Shop([], deeds)), PROFILE, parameters);
}

describe("the neighbours signal", () => {
  it("prefers what a like shopper chose lately, to their old choices and to those of less like shoppers", () => {
    const answers = answer(LIKE_AND_UNLIKE)!;
    expect(answers.get("recent choice")).toBeGreaterThan(50 * answers.get("old choice")!);
    expect(answers.get("recent choice")).toBeGreaterThan(3 * answers.get("unlike's choice")!);
    expect(answers.has("else 1")).toBe(false);
  });

  it("equals the formula computed by hand", () => {
    const answers = answer(LIKE_AND_UNLIKE, { halfLifeDays: 1 })!;
    expect(answers.get("recent choice")).toBeCloseTo((1.5 / Math.sqrt(4)) ** 2 / 2, 5);
    expect(answers.get("unlike's choice")).toBeCloseTo((0.5 / Math.sqrt(6)) ** 2 / 2, 5);
  });

  it("counts a choice by its newest time", () => {
    const again = [...LIKE_AND_UNLIKE, deed("like", "old choice", { day: 100 })];
    const answers = answer(again)!;
    expect(answers.get("old choice")).toBeGreaterThan(answers.get("recent choice")!);
  });

  it("lets all choices count alike where no time is known, and none of unknown time among known ones", () => {
    const timeless = answer(LIKE_AND_UNLIKE.map((one) => ({ ...one, day: undefined })))!;
    expect(timeless.get("recent choice")).toBe(timeless.get("old choice"));
    const mixed = answer([...LIKE_AND_UNLIKE, deed("like", "sometime", { day: undefined })])!;
    expect(mixed.get("sometime")).toBe(0);
  });

  it("asks the more recent shopper where two are equally alike", () => {
    const twins = [
      deed("a", "shared 1", { day: 1 }),
      deed("a", "a's", { day: 2 }),
      deed("b", "shared 1", { day: 3 }),
      deed("b", "b's", { day: 4 }),
    ];
    expect([...answer(twins, { nNeighbours: 1 })!.keys()].sort()).toEqual(["b's", "shared 1"]);
  });

  it("is absent where fewer than two shoppers chose two products", () => {
    expect(answer([deed("u", "shared 1"), deed("u", "y"), deed("v", "z")])).toBeNull();
    expect(answer([deed("u", "shared 1"), deed("v", "shared 1")])).toBeNull();
  });

  it("survives a shopper with 100,000 rows", () => {
    const deeds = Array.from({ length: 2000 }, (_, n) => deed(`u${n % 40}`, `p${(n * 7) % 90}`, { day: n / 20 }));
    const input = signalInput(new Shop([], deeds));
    const nRows = 100_000;
    const log = {
      ...input.log,
      nShoppers: 2,
      start: Int32Array.of(0, 2, nRows + 2),
      product: Int32Array.from({ length: nRows + 2 }, (_, row) => row % 90),
      weight: new Float32Array(nRows + 2).fill(1),
      timeMs: new Float64Array(nRows + 2).fill(input.log.newestMs),
    };
    const choices = {
      start: Int32Array.of(0, 2, 92),
      product: Int32Array.from({ length: 92 }, (_, n) => (n < 2 ? n : n - 2)),
      popularity: new Float32Array(90).fill(1),
    };
    const index = neighbours.fit({ ...input, log, choices }, neighbours.defaults)!;
    expect([...index.start].at(-1)).toBe(92);
    expect([...index.weight].every((weight) => weight === 1)).toBe(true);
  });
});
