import { expect, test } from "vitest";
import { isInForce, readRule } from "../../src/domain/merchandisingRule.js";
import { merchandisingRule } from "../worlds/merchandisingRule.js";

const BOOST = { ruleId: "r", name: "more tea", action: "boost", factor: 2, tags: ["tea"] };

test("a rule has every field, those that it does not name as null", () => {
  expect(readRule(BOOST)).toEqual({
    ...BOOST,
    position: null,
    placements: null,
    productIds: null,
    categories: null,
    brands: null,
    minPrice: null,
    maxPrice: null,
    minStock: null,
    maxStock: null,
    sameCategory: null,
    minPriceRatio: null,
    maxPriceRatio: null,
    startsAt: null,
    endsAt: null,
  });
});

test.each([
  ["a field that there is none of", { minPrize: 3 }, "minPrize"],
  ["no id", { ruleId: null }, "ruleId"],
  ["an id with NUL", { ruleId: "a\0" }, "ruleId"],
  ["no name", { name: " " }, "name"],
  ["an unknown action", { action: "hide" }, "action"],
  ["a boost that lowers", { factor: 0.5 }, "factor"],
  ["a boost without a factor", { factor: null }, "factor"],
  ["a bury that raises", { action: "bury" }, "factor"],
  ["a factor of nothing", { action: "bury", factor: 0 }, "factor"],
  ["a factor that is no number", { factor: Number.NaN }, "factor"],
  ["an infinite price", { minPrice: Number.POSITIVE_INFINITY }, "minPrice"],
  ["a pin without a place", { action: "pin", factor: null }, "position"],
  ["a pin between two places", { action: "pin", factor: null, position: 1.5 }, "position"],
  ["a place for a boost", { position: 1 }, "position"],
  ["a factor for an exclusion", { action: "exclude" }, "factor"],
  ["an unknown placement", { placements: ["home"] }, "placements"],
  ["an empty list", { brands: [] }, "brands"],
  ["a list with a number", { tags: ["tea", 3] }, "tags"],
  ["prices the wrong way round", { minPrice: 10, maxPrice: 5 }, "maxPrice"],
  ["a time without a zone", { startsAt: "2026-11-27T00:00:00" }, "startsAt"],
  ["a day that there is none of", { endsAt: "2026-13-27T00:00:00Z" }, "endsAt"],
  ["a thirtieth of February", { endsAt: "2026-02-30T00:00:00Z" }, "endsAt"],
  ["an end before the start", { startsAt: "2026-11-28T00:00:00Z", endsAt: "2026-11-28T00:00:00Z" }, "endsAt"],
  ["no condition", { tags: null, sameCategory: false }, "rule"],
])("%s is refused", (_, change, field) => {
  expect(readRule({ ...BOOST, ...change })).toMatchObject({ field, problem: expect.any(String) });
});

test("a window without an end stays open", () => {
  const always = merchandisingRule({ action: "exclude", tags: ["tea"] });
  const later = merchandisingRule({ action: "exclude", tags: ["tea"], startsAt: "2026-11-27T00:00:00Z" });
  const startMs = Date.parse("2026-11-27T00:00:00Z");
  expect([isInForce(always, startMs), isInForce(later, startMs - 1), isInForce(later, startMs)]).toEqual([
    true,
    false,
    true,
  ]);
});
