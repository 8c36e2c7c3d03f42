import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashId } from "../../src/domain/ids.js";
import { type ListRequest, NO_FILTER, type RecommendationList } from "../../src/domain/recommendation.js";
import { SIGNAL_NAMES } from "../../src/domain/setting.js";
import { type Deed, deed, product, productRequest, Shop, twoCircles, userRequest } from "../worlds/shop.js";

const ids = (list: RecommendationList) => list.products.map((p) => p.productId);
const only = async (shop: Shop, request: ListRequest, changes = {}) =>
  (await (await shop.recommender(changes)).recommend([request]))[0];

describe("recommendations for a shopper", () => {
  it("begin with what their circle chose and they did not", async () => {
    const list = await only(twoCircles(), userRequest("shopper-0"));
    expect(ids(list)[0]).toBe("teapot");
    expect(list.source).toBe("PERSONALIZED");
    expect(list.products[0].reason).toBe("BECAUSE_YOU_BOUGHT");
    expect(["teacup", "saucer", "strainer", "sugar bowl"]).toContain(list.products[0].because);
  });

  it("leave out what they have purchased, also beyond the bounded profile, unless the setting says otherwise", async () => {
    const old = deed("u", "old love", { day: -400 });
    const recent = Array.from({ length: 600 }, (_, n) => deed("u", `p${n % 3}`, { day: n / 10 }));
    const shop = new Shop([], [old, ...recent, deed("v", "old love"), deed("v", "p0"), deed("v", "p9")]);
    expect(ids(await only(shop, userRequest("u")))).toEqual(["p9"]);
    const repeats = await only(shop, userRequest("u"), { settings: { "exclude.purchased": false } });
    expect(ids(repeats)).toContain("old love");
  });

  it("change with the next purchase, without a training", async () => {
    const shop = twoCircles();
    const model = await shop.train();
    const before = await only(shop, userRequest("newcomer"), { model });
    expect(before.source).toBe("FALLBACK_TRENDING");
    const withPurchase = new Shop(shop.products, [deed("newcomer", "rake", { day: 40 })]);
    const after = await only(withPurchase, userRequest("newcomer"), { model, stored: shop.stored() });
    expect(after.source).toBe("PERSONALIZED");
    expect(ids(after).slice(0, 4).sort()).toEqual(["gloves", "hose", "seeds", "spade"]);
  });

  it("take what is in the cart and on the page right now into the profile, and out of the list", async () => {
    const context = { viewedProductIds: [], cartProductIds: ["spade"] };
    const list = await only(twoCircles(), userRequest("stranger", { context }));
    expect(list.source).toBe("SESSION");
    expect(ids(list)).not.toContain("spade");
    expect(list.products[0]).toMatchObject({ reason: "IN_YOUR_CART", because: "spade" });
  });

  it("keep out what they disliked, and let a dislike lower what is near it", async () => {
    const deeds = [...Array(8).keys()].flatMap((n) => [
      deed(`a${n}`, "x"),
      deed(`a${n}`, "near x"),
      deed(`a${n}`, "y"),
      deed(`b${n}`, "y"),
      deed(`b${n}`, "near y"),
    ]);
    const likes = deed("u", "y", { day: 1 });
    const plain = await only(new Shop([], [...deeds, likes]), userRequest("u"));
    const withDislike = await only(
      new Shop([], [...deeds, likes, deed("u", "x", { day: 1, action: "dislike" })]),
      userRequest("u"),
    );
    const scoreOf = (list: RecommendationList, id: string) =>
      list.products.find((p) => p.productId === id)?.terms[0].value ?? 0;
    expect(ids(withDislike)).not.toContain("x");
    expect(scoreOf(withDislike, "near x") / scoreOf(withDislike, "near y")).toBeLessThan(
      scoreOf(plain, "near x") / scoreOf(plain, "near y"),
    );
    expect(scoreOf(withDislike, "near x")).toBeGreaterThan(0);
  });
});

describe("lists of a product", () => {
  const shop = new Shop(
    [
      product("camera", { name: "Compact camera" }),
      product("camera 2", { name: "Compact camera plus" }),
      product("card", { name: "Memory card" }),
      product("case", { name: "Leather case" }),
    ],
    [...Array(6).keys()].flatMap((n) => [
      deed(`u${n}`, "camera", { order: `o${n}` }),
      deed(`u${n}`, "card", { order: `o${n}` }),
      deed(`v${n}`, "camera 2", { order: `p${n}` }),
    ]),
  );

  it("tell substitutes from complements", async () => {
    expect(ids(await only(shop, productRequest("similar", "camera")))[0]).toBe("camera 2");
    const together = await only(shop, productRequest("boughtTogether", "camera"));
    expect(together.products[0]).toMatchObject({ productId: "card", reason: "BOUGHT_TOGETHER", because: "camera" });
  });

  it("follow the strategy that was asked for", async () => {
    const byContent = await only(shop, productRequest("similar", "camera", { strategy: "CONTENT" }));
    const byBehaviour = await only(shop, productRequest("similar", "camera", { strategy: "BEHAVIOUR" }));
    expect(byContent.products[0].productId).toBe("camera 2");
    expect(byBehaviour.products[0].productId).toBe("card");
  });

  it("never hold the product itself", async () => {
    for (const placement of ["product", "similar", "boughtTogether"] as const) {
      expect(ids(await only(shop, productRequest(placement, "camera")))).not.toContain("camera");
    }
  });

  it("fall back for a product nobody knows, and say so", async () => {
    expect((await only(shop, productRequest("similar", "unheard of"))).source).toBe("FALLBACK_TRENDING");
  });
});

describe("every list", () => {
  it("has scores that are the left-to-right sum of their terms, and stands in their order", async () => {
    const weights = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 4, maxLength: 4 });
    const shop = twoCircles();
    const model = await shop.train();
    await fc.assert(
      fc.asyncProperty(weights, fc.nat({ max: 19 }), async (values, shopper) => {
        const settings = Object.fromEntries(SIGNAL_NAMES.map((name, s) => [`weight.${name}`, values[s]]));
        const list = await only(shop, userRequest(`shopper-${shopper}`, { first: 10 }), { model, settings });
        for (const { score, terms } of list.products) {
          expect(terms.reduce((sum, term) => sum + term.contribution, 0)).toBe(score);
          for (const term of terms) expect(term.contribution).toBe(term.weight * term.gate * term.value);
        }
        const scores = list.products.map((p) => p.score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
      }),
      { numRuns: 40 },
    );
  });

  it("brings exactly `first` products whenever that many qualify, whatever the filter", async () => {
    const shop = twoCircles();
    const filter = { ...NO_FILTER, categories: ["Garden"] };
    const list = await only(shop, userRequest("shopper-0", { first: 4, filter }));
    expect(ids(list)).toHaveLength(4);
    expect(list.hasNextPage).toBe(true);
    const all = await only(shop, userRequest("shopper-0", { first: 10, filter }));
    expect([...ids(all)].sort()).toEqual(["gloves", "hose", "rake", "seeds", "spade"]);
    expect(all.hasNextPage).toBe(false);
  });

  it("never holds a product that is unavailable, deleted, filtered, excluded or shown before", async () => {
    const shop = twoCircles();
    const stored = shop.stored().map((p) => ({
      ...p,
      isAvailable: p.productId !== "teapot",
      isDeleted: p.productId === "spade",
      price: p.productId === "rake" ? 99 : p.price,
    }));
    const filter = { ...NO_FILTER, excludeProductIds: ["hose"], maxPrice: 50 };
    const request = { first: 10, filter, shown: Uint32Array.of(hashId("gloves")) };
    for (const user of ["shopper-0", "stranger"]) {
      const found = ids(await only(shop, userRequest(user, request), { stored }));
      for (const hidden of ["teapot", "spade", "rake", "hose", "gloves"]) expect(found).not.toContain(hidden);
    }
  });

  it("pages without repeating, and together the pages are everything that qualifies", async () => {
    const shop = twoCircles();
    const seen: string[] = [];
    for (let page = 0; page < 5; page++) {
      const list = await only(shop, userRequest("stranger", { first: 3, shown: Uint32Array.from(seen, hashId) }));
      expect(list.products.map((p) => p.rank)).toEqual(ids(list).map((_, i) => seen.length + i + 1));
      seen.push(...ids(list));
      if (!list.hasNextPage) break;
    }
    expect(new Set(seen).size).toBe(10);
    expect(seen).toHaveLength(10);
  });

  it("is the same alone and inside a batch", async () => {
    const engine = await twoCircles().recommender();
    const requests = Array.from({ length: 200 }, (_, n) => userRequest(`shopper-${n % 21}`));
    const together = await engine.recommend(requests);
    for (const n of [0, 1, 20, 127, 128, 199]) expect([together[n]]).toEqual(await engine.recommend([requests[n]]));
  });
});

describe("the fallback ladder", () => {
  const names = ["a", "b", "c", "d"].map((id) => product(id, { category: id < "c" ? "One" : "Two" }));

  it("shows the newest across categories in a shop without any interaction", async () => {
    const list = await only(new Shop(names, []), userRequest("anyone", { first: 4 }));
    expect(list.source).toBe("FALLBACK_CATALOG");
    expect(ids(list)).toEqual(["d", "b", "c", "a"]);
    expect(list.products.every((p) => p.reason === "NEW" && p.because === null)).toBe(true);
  });

  it("shows what is popular where no interaction has a time", async () => {
    const deeds: Deed[] = [
      deed("u", "b", { day: undefined }),
      deed("v", "b", { day: undefined }),
      deed("w", "c", { day: undefined }),
    ];
    const list = await only(new Shop(names, deeds), userRequest("anyone", { first: 2 }));
    expect(list.source).toBe("FALLBACK_POPULAR");
    expect(list.products.map((p) => [p.productId, p.reason])).toEqual([
      ["b", "POPULAR"],
      ["c", "POPULAR"],
    ]);
  });

  it("shows what is trending where times are known", async () => {
    const list = await only(new Shop(names, [deed("u", "c")]), userRequest("anyone", { first: 1 }));
    expect(list).toMatchObject({ source: "FALLBACK_TRENDING", products: [{ productId: "c", reason: "TRENDING" }] });
  });

  it("says the rung that is seen, not one that a filter has emptied", async () => {
    const shop = new Shop(names, [deed("u", "c")]);
    const filter = { ...NO_FILTER, categories: ["One"] };
    const list = await only(shop, userRequest("anyone", { filter }));
    expect(list).toMatchObject({ source: "FALLBACK_CATALOG", products: [{ reason: "NEW" }, { reason: "NEW" }] });
    const nothing = await only(shop, userRequest("anyone", { filter: { ...NO_FILTER, categories: ["Three"] } }));
    expect(nothing).toMatchObject({ source: "FALLBACK_CATALOG", products: [] });
  });

  it.each(["Home", "Home > Kitchen", "home/kitchen", "HOME|Kitchen|Mugs", "Home > Kitchen > Mugs"])(
    "finds what stands in a category or below it, asked for as %s",
    async (category) => {
      const shelves = [
        product("mug", { category: "Home > Kitchen > Mugs" }),
        product("glass", { category: "Homeware > Kitchen" }),
        product("rake", { category: "Garden" }),
      ];
      const filter = { ...NO_FILTER, categories: [category] };
      expect(ids(await only(new Shop(shelves, [deed("u", "rake")]), userRequest("anyone", { filter })))).toEqual([
        "mug",
      ]);
    },
  );

  it("recommends products known only from interactions while there is no catalogue, and not after", async () => {
    const deeds = [deed("u", "stub"), deed("u", "other")];
    expect(ids(await only(new Shop([], deeds), userRequest("v")))).toContain("stub");
    expect(ids(await only(new Shop(names, deeds), userRequest("v")))).not.toContain("stub");
  });
});
