import { describe, expect, it } from "vitest";
import { MAX_PROFILE_INTERACTIONS } from "../../src/domain/ports.js";
import { deed, product, Shop, twoCircles, userRequest } from "../worlds/shop.js";

/** Two circles, and a browser who looked at the teapot and bought the teacup. */
function withBrowser(): Shop {
  const { products, rows } = twoCircles();
  const more = [deed("browser", "teapot", { action: "view", day: 40 }), deed("browser", "teacup", { day: 41 })];
  return new Shop(products, [...rows.map((row) => row.deed), ...more]);
}

async function listed(shop: Shop, settings: Parameters<Shop["recommender"]>[0], request = userRequest("browser")) {
  const engine = await shop.recommender(settings);
  const [list] = await engine.recommend([{ ...request, first: 10 }]);
  return list.products.map(({ productId }) => productId);
}

describe("what a shopper knows", () => {
  it("stays out when they purchased it, comes back when only looked at", async () => {
    const ids = await listed(withBrowser(), {});
    expect(ids).not.toContain("teacup");
    expect(ids).toContain("teapot");
  });

  it("stays out whatever they did with it, when exclude.seen says so, purchases included", async () => {
    const settings = { "exclude.seen": true, "exclude.purchased": false };
    const ids = await listed(withBrowser(), { settings });
    expect(ids).not.toContain("teacup");
    expect(ids).not.toContain("teapot");
    expect(ids.length).toBe(8);
  });

  it("stays out though it lies before the newest of a long history", async () => {
    const names = ["old", "new", "never"];
    const views = Array.from({ length: MAX_PROFILE_INTERACTIONS }, (_, n) =>
      deed("browser", "new", { action: "view", day: 1 + n / 1000 }),
    );
    const shop = new Shop(
      names.map((name) => product(name)),
      [deed("browser", "old", { action: "view", day: 0 }), ...views],
    );
    expect(await listed(shop, { settings: { "exclude.seen": true } })).toEqual(["never"]);
    expect(await listed(shop, {})).toContain("old");
  });

  it("is listed again when nothing is left out", async () => {
    const ids = await listed(withBrowser(), { settings: { "exclude.purchased": false } });
    expect(ids).toEqual(expect.arrayContaining(["teapot", "teacup"]));
  });
});

describe("a visitor without an id", () => {
  const context = { viewedProductIds: ["teapot", "saucer"], cartProductIds: [] };
  const visit = { ...userRequest("nobody"), subjectId: null, context };

  it("is answered from what they look at, which may come again", async () => {
    const engine = await twoCircles().recommender();
    const [list] = await engine.recommend([visit]);
    expect(list.source).toBe("SESSION");
    expect(list.products.map(({ productId }) => productId).sort()).toEqual(
      ["saucer", "strainer", "sugar bowl", "teacup", "teapot"].sort(),
    );
  });

  it("does not see it again when exclude.seen says so", async () => {
    const ids = await listed(twoCircles(), { settings: { "exclude.seen": true } }, visit);
    expect(ids).not.toContain("teapot");
    expect(ids).not.toContain("saucer");
    expect(ids.length).toBe(8);
  });

  it("without anything looked at gets what is trending", async () => {
    const engine = await twoCircles().recommender();
    const [list] = await engine.recommend([{ ...visit, context: null }]);
    expect(list.source).toBe("FALLBACK_TRENDING");
  });
});

describe("what a shopper turned away", () => {
  /** A tea shopper who said something about the strainer, and then maybe something else. */
  function afterSaying(...deeds: Partial<Parameters<typeof deed>[2]>[]): Shop {
    const { products, rows } = twoCircles();
    const said = deeds.map((one, i) => deed("browser", "strainer", { day: 42 + i, ...one }));
    return new Shop(products, [...rows.map((row) => row.deed), deed("browser", "teacup", { day: 41 }), ...said]);
  }

  it.each([
    ["a dislike", { action: "dislike" }],
    ["a return", { action: "return" }],
    ["a low rating", { action: "rating", value: 1 }],
    ["taking it out of the cart", { action: "remove_from_cart" }],
  ])("stays out of their list after %s, and of nobody else's", async (_name, said) => {
    expect(await listed(afterSaying({ action: "view" }), {})).toContain("strainer");
    const shop = afterSaying({ action: "view" }, said);
    expect(await listed(shop, {})).not.toContain("strainer");
    expect(await listed(shop, {}, userRequest("stranger"))).toContain("strainer");
  });

  it("comes back when they look again at what they took out of the cart, not at what they dislike", async () => {
    const view = { action: "view" };
    expect(await listed(afterSaying({ action: "remove_from_cart" }, view), {})).toContain("strainer");
    expect(await listed(afterSaying({ action: "dislike" }, view), {})).not.toContain("strainer");
  });

  it("is listed when the setting says that taking out of the cart says nothing", async () => {
    const settings = { "action.remove_from_cart": 0 };
    expect(await listed(afterSaying({ action: "remove_from_cart" }), { settings })).toContain("strainer");
  });
});
