import { describe, expect, it } from "vitest";
import { Accumulator } from "../../src/signals/accumulator.js";
import { HistoryScratch, searchHistories } from "../../src/signals/historySearch.js";
import { session } from "../../src/signals/session.js";
import { type Deed, deed, Shop } from "../worlds/shop.js";
import { answerOf, signalInput } from "./signalInput.js";

const MINUTE = 1 / 1440;

/** One visit: a click a minute. */
function visit(user: string, day: number, products: readonly string[]): Deed[] {
  return products.map((id, n) => deed(user, id, { day: day + n * MINUTE, action: "view" }));
}

function answer(deeds: readonly Deed[], profile: readonly string[], parameters = {}): Map<string, number> | null {
  return answerOf(session, signalInput(new Shop([], deeds)), profile, parameters);
}

/** The products of an answer, best first, without the profile's own. */
function newOnes(answers: Map<string, number> | null, profile: readonly string[]): string[] {
  return [...(answers ?? [])]
    .filter(([id]) => !profile.includes(id))
    .sort((a, b) => b[1] - a[1])
    .map(([id]) => id);
}

describe("the session signal", () => {
  it("listens to the session that shares the newest click, and to what came right after it", () => {
    const deeds = [
      ...visit("a", 1, ["opening", "lens", "x", "after x"]),
      ...visit("b", 2, ["old click", "lamp", "y", "z"]),
    ];
    const profile = ["lens", "old click"];
    const answers = answer(deeds, profile);
    expect(newOnes(answers, profile)[0]).not.toBe("y");
    expect(answers?.get("x")).toBeGreaterThan(answers?.get("y") ?? 0);
    expect(answers?.get("x")).toBeGreaterThan(answers?.get("after x") ?? 0);
    const turned = answer(deeds, ["old click", "lens"]);
    expect(turned?.get("lamp")).toBeGreaterThan(turned?.get("x") ?? 0);
  });

  it("equals the formula computed by hand", () => {
    const answers = answer([...visit("a", 1, ["p", "q", "r"]), ...visit("b", 2, ["s", "t"])], ["q", "p"]);
    const likeness = (1 + 0.5) / Math.sqrt(3);
    expect(answers?.get("q")).toBeCloseTo(likeness * Math.log(3), 5);
    expect(answers?.get("r")).toBeCloseTo(likeness * Math.exp(-1 / 2) * Math.log(3), 5);
    expect(answers?.get("p")).toBeCloseTo(likeness * Math.exp(-1 / 2) * Math.log(3), 5);
    expect(answers?.has("s")).toBe(false);
  });

  it("keeps two visits of one shopper apart, and joins them where no time is known", () => {
    const twice = [...visit("a", 1, ["p", "q"]), ...visit("a", 2, ["r", "s"])];
    expect([...answer(twice, ["p"])!.keys()].sort()).toEqual(["p", "q"]);
    const timeless = twice.map((one) => ({ ...one, day: undefined }));
    expect([...answer(timeless, ["p"], { positionDecay: 0 })!.keys()].sort()).toEqual(["p", "q", "r", "s"]);
  });

  it("asks the more recent session where two are equally alike", () => {
    const deeds = [...visit("a", 1, ["p", "old"]), ...visit("b", 5, ["p", "new"])];
    expect([...answer(deeds, ["p"], { nNeighbours: 1 })!.keys()].sort()).toEqual(["new", "p"]);
    expect([...answer(deeds, ["p"], { maxPostings: 1 })!.keys()].sort()).toEqual(["new", "p"]);
    expect([...answer(deeds, ["p"], { maxHistories: 1 })!.keys()].sort()).toEqual(["new", "p"]);
    const shared = answer(deeds, ["p"], { recencyShare: 0.5 })!;
    expect(shared.get("new")! / shared.get("old")!).toBeCloseTo(Math.E, 4);
  });

  it("does not look for those who are like what a shopper rejects", () => {
    const input = signalInput(new Shop([], [...visit("a", 1, ["p", "q"]), ...visit("b", 2, ["r", "s"])]));
    const index = session.fit(input, session.defaults)!;
    const answers = new Accumulator(input.log.nProducts);
    const profile = { product: Int32Array.of(0, 2), weight: Float64Array.of(-3, 1) };
    searchHistories(index, session.defaults, profile, answers, new HistoryScratch(index));
    expect([...answers.touched.subarray(0, answers.nTouched)].sort()).toEqual([2, 3]);
  });

  it("answers the same from a scratch that was used before, and nothing to an empty profile", () => {
    const input = signalInput(new Shop([], [...visit("a", 1, ["p", "q", "r"]), ...visit("b", 2, ["q", "s"])]));
    const index = session.fit(input, session.defaults)!;
    const scratch = new HistoryScratch(index);
    const ask = (product: number[]) => {
      const answers = new Accumulator(input.log.nProducts);
      const profile = { product: Int32Array.from(product), weight: new Float64Array(product.length).fill(1) };
      searchHistories(index, session.defaults, profile, answers, scratch);
      return [...answers.sum];
    };
    const first = ask([1, 0]);
    expect(ask([3, 2])).not.toEqual(first);
    expect(ask([1, 0])).toEqual(first);
    expect(ask([])).toEqual([0, 0, 0, 0]);
  });

  it("is absent where no session holds two products", () => {
    expect(answer([...visit("a", 1, ["p", "p"]), ...visit("a", 2, ["q"])], ["p"])).toBeNull();
    expect(answer([], ["p"])).toBeNull();
  });

  it("cuts the visit of a robot into pieces", () => {
    const ids = Array.from({ length: 450 }, (_, n) => `p${n % 50}`);
    const index = session.fit(signalInput(new Shop([], visit("robot", 1, ids))), session.defaults)!;
    expect([...index.start]).toEqual([0, 50, 250, 450]);
  });
});
