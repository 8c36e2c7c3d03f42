import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { deed, product, Shop, twoCircles, userRequest } from "../worlds/shop.js";

const FIFTEEN_YEARS_MS = Math.round((15 * 365.25 * 86_400_000) / (7 * 86_400_000)) * 7 * 86_400_000;

describe("training", () => {
  it("gives the same lists when the whole shop moves by fifteen years", async () => {
    const here = twoCircles();
    const there = new Shop(here.products, [], here.settings);
    Object.assign(there, { rows: here.rows.map((row) => ({ ...row, timeMs: row.timeMs + FIFTEEN_YEARS_MS })) });
    const users = Array.from({ length: 20 }, (_, n) => userRequest(`shopper-${n}`));
    expect(await there.recommender().recommend(users)).toEqual(await here.recommender().recommend(users));
  });

  it("uses each signal only where the data carry it", () => {
    const onlyNames = new Shop([product("a", { name: "red mug" }), product("b", { name: "red cup" })], []).train();
    expect([...onlyNames.matrices.keys()]).toEqual(["content"]);
    expect(onlyNames.trend).toBeNull();
    expect(Object.keys(onlyNames.facts.signals)).toEqual(["content"]);
  });

  it("stops at a number that is not finite and names the stage", () => {
    const shop = new Shop([], [deed("u", "x", { day: 0 })], {
      ...DEFAULT_SETTINGS,
      "trending.halfLifeDays": Number.NaN,
    });
    const withPast = new Shop([], [deed("u", "x", { day: 0 }), deed("v", "x", { day: -5 })], shop.settings);
    expect(() => withPast.train()).toThrow(/finite numbers are required, trending gave one that is not/);
  });

  it("is not led astray by one absurd rating, and neither is the shopper who gave it", async () => {
    const here = twoCircles();
    const absurd = [1e308, -1e308, 1e30].map((value, n) =>
      deed("shopper-0", ["spade", "rake", "hose"][n], { action: "rating", value }),
    );
    const shop = new Shop(here.products, []);
    Object.assign(shop, {
      rows: [...here.rows, ...new Shop([], absurd).rows.map((row, n) => ({ ...row, eventKey: `${n}` }))],
    });
    const engine = shop.recommender();
    const [own, other] = await engine.recommend([userRequest("shopper-0"), userRequest("shopper-2")]);
    for (const { score } of own.products) expect(Number.isFinite(score)).toBe(true);
    expect(other.products[0].productId).toBe("teacup");
  });

  it("counts what it saw", () => {
    const { facts } = twoCircles().train();
    expect(facts).toMatchObject({ nInteractions: 80, nShoppers: 20, nProducts: 10 });
  });
});
