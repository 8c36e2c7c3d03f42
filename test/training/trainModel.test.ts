import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { deed, product, Shop, twoCircles, userRequest } from "../worlds/shop.js";

const FIFTEEN_YEARS_MS = Math.round((15 * 365.25 * 86_400_000) / (7 * 86_400_000)) * 7 * 86_400_000;

describe("training", () => {
  it("gives the same lists when the whole shop moves by fifteen years", async () => {
    const here = twoCircles();
    const there = here.withRows(here.rows.map((row) => ({ ...row, timeMs: row.timeMs + FIFTEEN_YEARS_MS })));
    const users = Array.from({ length: 20 }, (_, n) => userRequest(`shopper-${n}`));
    expect(await (await there.recommender()).recommend(users)).toEqual(
      await (await here.recommender()).recommend(users),
    );
  });

  it("uses each signal only where the data carry it", async () => {
    const onlyNames = await new Shop(
      [product("a", { name: "red mug" }), product("b", { name: "red cup" })],
      [],
    ).train();
    expect([...onlyNames.matrices.keys()]).toEqual(["content"]);
    expect(onlyNames.trend).toBeNull();
    expect(Object.keys(onlyNames.facts.signals)).toEqual(["content"]);
  });

  it("stops at a number that is not finite and names the stage", async () => {
    const settings = { ...DEFAULT_SETTINGS, "action.purchase": Number.NaN };
    const { products, rows } = twoCircles();
    const deeds = rows.map((row) => row.deed);
    await expect(new Shop(products, deeds, settings).train()).rejects.toMatchObject({
      code: "NOT_FINITE",
      message: "Cannot train: finite numbers are required, trending gave one that is not",
    });
  });

  it("is not led astray by one absurd rating, and neither is the shopper who gave it", async () => {
    const here = twoCircles();
    const absurd = [1e308, -1e308, 1e30].map((value, n) =>
      deed("shopper-0", ["spade", "rake", "hose"][n], { action: "rating", value }),
    );
    const told = new Shop([], absurd).rows.map((row, n) => ({ ...row, eventKey: `${n}` }));
    const shop = here.withRows([...here.rows, ...told]);
    const engine = await shop.recommender();
    const [own, other] = await engine.recommend([userRequest("shopper-0"), userRequest("shopper-2")]);
    for (const { score } of own.products) expect(Number.isFinite(score)).toBe(true);
    expect(other.products[0].productId).toBe("teacup");
  });

  it("counts what it saw", async () => {
    const { facts } = await twoCircles().train();
    expect(facts).toMatchObject({ nInteractions: 80, nShoppers: 20, nProducts: 10 });
  });
});
