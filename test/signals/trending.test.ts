import { describe, expect, it } from "vitest";
import { trending } from "../../src/signals/trending.js";
import { deed, Shop } from "../worlds/shop.js";
import { signalInput } from "./signalInput.js";

function trendOf(shop: Shop): Map<string, number> | null {
  const input = signalInput(shop);
  const trend = trending.fit(input, trending.defaults);
  return trend === null ? null : new Map(input.productIds.map((id, index) => [id, trend[index]]));
}

describe("the trending signal", () => {
  it("puts what sells now before what sold more, but long ago", () => {
    const deeds = [];
    for (let n = 0; n < 20; n++) deeds.push(deed(`old${n}`, "yesterday's hit", { day: 0 }));
    for (let n = 0; n < 5; n++) deeds.push(deed(`new${n}`, "today's hit", { day: 60 }));
    const trend = trendOf(new Shop([], deeds));
    expect(trend?.get("today's hit")).toBeGreaterThan(trend?.get("yesterday's hit") ?? 0);
  });

  it("counts a shopper once per product and day", () => {
    const crowd = [deed("a", "liked by three"), deed("b", "liked by three"), deed("c", "liked by three")];
    const fan = Array.from({ length: 50 }, (_, n) => deed("fan", "liked by one", { day: n / 1000 - 0.1 }));
    const trend = trendOf(new Shop([], [...crowd, ...fan]));
    expect(trend?.get("liked by three")).toBe(15);
    expect(trend?.get("liked by one")).toBe(5);
  });

  it("halves after the half-life, counted from the newest interaction", () => {
    const trend = trendOf(new Shop([], [deed("a", "now", { day: 14 }), deed("b", "then", { day: 7 })]));
    expect(trend?.get("then")).toBeCloseTo((trend?.get("now") ?? 0) / 2, 6);
  });

  it("is absent where no interaction has a time", () => {
    expect(trendOf(new Shop([], [deed("a", "x", { day: undefined })]))).toBeNull();
  });
});
