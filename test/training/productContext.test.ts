import { describe, expect, it } from "vitest";
import { CONTEXT_FEATURES, type ContextFeature, N_CONTEXT } from "../../src/scorer/contextFeatures.js";
import { productContext } from "../../src/training/productContext.js";
import { signalInput } from "../signals/signalInput.js";
import { type Deed, deed, product, Shop } from "../worlds/shop.js";

/** What the gates know of a product, by name. */
function contextOf(deeds: Deed[], products: string[] = []): (id: string) => Record<ContextFeature, number> {
  const input = signalInput(
    new Shop(
      products.map((id) => product(id)),
      deeds,
    ),
  );
  const context = productContext(input);
  expect(context).toHaveLength(input.productIds.length * N_CONTEXT);
  return (id) => {
    const at = input.productIds.indexOf(id) * N_CONTEXT;
    const features = CONTEXT_FEATURES.map((name, f) => [name, context[at + f]]);
    return Object.fromEntries(features) as Record<ContextFeature, number>;
  };
}

describe("what the gates know of a product", () => {
  const deeds = [deed("u", "old", { day: 0 }), deed("v", "old", { day: 7 }), deed("w", "new", { day: 14 })];

  it("is its popularity, its first and its newest day", () => {
    const of = contextOf(deeds, ["unsold"]);
    expect(of("old").popularity).toBeCloseTo(Math.log(3), 6);
    expect(of("old").age).toBeCloseTo(Math.log(15), 6);
    expect(of("old").idle).toBeCloseTo(Math.log(8), 6);
    expect(of("new")).toMatchObject({ age: 0, idle: 0, isNew: 0 });
  });

  it("is how much more it is chosen now than ever", () => {
    const { trendShort, trendLong } = contextOf(deeds)("old");
    expect(trendShort).toBeCloseTo(Math.log((0.25 + 0.5 + 1) / 3), 6);
    expect(trendLong).toBeCloseTo(Math.log((2 ** (-14 / 30) + 2 ** (-7 / 30) + 1) / 3), 6);
    expect(contextOf(deeds)("new").trendShort).toBeCloseTo(0, 6);
  });

  it("is that nobody chose it yet, though somebody said no to it", () => {
    const of = contextOf([...deeds, deed("u", "bad", { day: 14, action: "dislike" })], ["unsold"]);
    expect(of("unsold")).toEqual(Object.fromEntries(CONTEXT_FEATURES.map((name) => [name, Number(name === "isNew")])));
    expect(of("bad")).toMatchObject({ isNew: 1, popularity: 0, age: 0 });
  });

  it("leaves what belongs to a list to the list", () => {
    expect(contextOf(deeds)("old")).toMatchObject({ nEvents: 0, nProducts: 0, isKnown: 0 });
  });

  it("says nothing of time where none is known, and one of unknown time is neither first nor newest", () => {
    const never = contextOf([deed("u", "x", { day: undefined })])("x");
    expect(never).toMatchObject({ trendShort: 0, trendLong: 0, age: 0, idle: 0, isNew: 0 });
    const mixed = contextOf([...deeds, deed("x", "old", { day: undefined })])("old");
    expect(mixed.age).toBeCloseTo(Math.log(15), 6);
    expect(mixed.idle).toBeCloseTo(Math.log(8), 6);
  });
});
