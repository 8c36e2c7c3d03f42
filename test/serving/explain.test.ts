import { describe, expect, it } from "vitest";
import type { Explanation } from "../../src/domain/explanation.js";
import type { StoredProduct } from "../../src/domain/product.js";
import { type ListRequest, NO_FILTER } from "../../src/domain/recommendation.js";
import type { SettingValues } from "../../src/domain/setting.js";
import { createExplainer } from "../../src/serving/explain.js";
import { createRecommender } from "../../src/serving/recommender.js";
import { deed, productRequest, Shop, twoCircles, userRequest } from "../worlds/shop.js";

const circles = twoCircles();
const model = await circles.train();

interface Changes {
  readonly shop?: Shop;
  readonly settings?: Partial<SettingValues>;
  readonly stored?: StoredProduct[];
}

async function open({ shop = circles, ...changes }: Changes = {}) {
  const parts = await shop.serving({ model, stored: circles.stored(), ...changes });
  return { engine: createRecommender(parts), explain: createExplainer(parts).explain };
}

async function explained(request: ListRequest, productId: string, changes: Changes = {}): Promise<Explanation> {
  return (await open(changes)).explain(request, productId);
}

/** The same shop with deeds of somebody new. */
function withDeeds(...deeds: Parameters<typeof deed>[]): Shop {
  return new Shop(
    circles.products,
    deeds.map((one) => deed(...one)),
  );
}

function storedWith(productId: string, change: Partial<StoredProduct>): StoredProduct[] {
  return circles.stored().map((one) => (one.productId === productId ? { ...one, ...change } : one));
}

describe("an explanation", () => {
  it.each([
    ["a shopper's list", userRequest("shopper-0", { first: 5 }), {}],
    ["a stranger's list", userRequest("nobody", { first: 5 }), {}],
    ["a product's list", productRequest("product", "teapot", { first: 5 }), {}],
    ["a list with diversity", userRequest("shopper-0", { first: 5 }), { settings: { "diversity.strength": 0.8 } }],
  ])("of every product in %s says what the list says", async (_what, request, changes) => {
    const { engine, explain } = await open(changes);
    const [list] = await engine.recommend([request]);
    expect(list.products.length).toBeGreaterThan(0);
    for (const product of list.products) {
      const explanation = await explain(request, product.productId);
      expect(explanation).toMatchObject({
        rank: product.rank,
        rankByScore: product.movedFrom ?? product.rank,
        absence: null,
        source: list.source,
        scored: { score: product.score, reason: product.reason, because: product.because },
      });
      expect(explanation.terms.map(({ carriers: _, ...term }) => term)).toEqual(product.terms);
      expect(explanation.terms.reduce((sum, { contribution }) => sum + contribution, 0)).toBe(product.score);
      expect(explanation.movedBy).toBe(product.movedFrom === undefined ? null : "DIVERSITY");
    }
  });

  it("names the products of the profile that carried a term, the strongest first, with their shares", async () => {
    const { terms, scored } = await explained(userRequest("shopper-0"), "teapot");
    const carried = terms.filter(({ carriers }) => carriers.length > 0);
    expect(carried.length).toBeGreaterThan(0);
    for (const { carriers } of carried) {
      const shares = carriers.map(({ share }) => share);
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-12);
      for (const { productId } of carriers) expect(["teacup", "saucer", "strainer", "sugar bowl"]).toContain(productId);
    }
    const leading = terms.reduce((most, term) => (term.contribution > most.contribution ? term : most));
    expect(leading.carriers[0].productId).toBe(scored?.because);
  });

  it("beside a product is carried by that product alone", async () => {
    const { terms } = await explained(productRequest("product", "teapot"), "teacup");
    const carriers = terms.flatMap((term) => term.carriers);
    expect(carriers.length).toBeGreaterThan(0);
    for (const carrier of carriers) expect(carrier).toEqual({ productId: "teapot", share: 1 });
  });

  it("shows the weights of the shop, and a weight of 0 adds nothing", async () => {
    const settings = { "weight.collaborative": 3, "weight.content": 0 };
    const { terms } = await explained(userRequest("shopper-0"), "teapot", { settings });
    const named = (signal: string) => terms.find((term) => term.signal === signal);
    expect([named("collaborative")?.weight, named("content")?.weight, named("content")?.contribution]).toEqual([
      3, 0, 0,
    ]);
  });
});

describe("a product that a rule moved", () => {
  it("says that a cap did, where only a cap is set", async () => {
    const request = userRequest("shopper-0", { first: 6 });
    const { engine, explain } = await open({ settings: { "cap.perCategory": 1, "exclude.purchased": false } });
    const [{ products }] = await engine.recommend([request]);
    const moved = products.find(({ movedFrom }) => movedFrom !== undefined);
    expect(await explain(request, moved?.productId as string)).toMatchObject({
      movedBy: "CAP",
      rank: moved?.rank,
      rankByScore: moved?.movedFrom,
    });
  });

  it("says that the places for new products did, where it is one", async () => {
    const twin = circles.stored()[0];
    const late = { ...twin, productId: "glass teapot", name: "The glass teapot", productNo: 1000 };
    const stored = [...circles.stored(), late];
    const settings = { "newProducts.share": 0.5 };
    const parts = await circles.serving({ model, stored, settings });
    await parts.state().served.late.place();
    const request = userRequest("shopper-0", { first: 6 });
    const [{ products }] = await createRecommender(parts).recommend([request]);
    const moved = products.find(({ productId, movedFrom }) => productId === late.productId && movedFrom !== undefined);
    if (moved === undefined) throw new Error(`a moved newcomer is required, found ${JSON.stringify(products)}`);
    const explanation = await createExplainer(parts).explain(request, late.productId);
    expect(explanation).toMatchObject({ movedBy: "NEW_PRODUCTS", rank: moved.rank, rankByScore: moved.movedFrom });
  });
});

describe("a product that is not in the list", () => {
  const cart = { viewedProductIds: [], cartProductIds: ["teapot"] };
  const viewed = { viewedProductIds: ["teapot"], cartProductIds: [] };
  const filter = (change: object) => ({ filter: { ...NO_FILTER, ...change } });
  const noted = (action: string) => ({ shop: withDeeds(["ann", "saucer"], ["ann", "teapot", { action }]) });
  const cases: [string, string, ListRequest, Changes][] = [
    ["UNKNOWN", "coffee mill", userRequest("shopper-0"), {}],
    ["DELETED", "teapot", userRequest("shopper-0"), { stored: storedWith("teapot", { isDeleted: true }) }],
    ["UNAVAILABLE", "teapot", userRequest("shopper-0"), { stored: storedWith("teapot", { isAvailable: false }) }],
    ["NOT_IN_CATALOGUE", "teapot", userRequest("shopper-0"), { stored: storedWith("teapot", { isStub: true }) }],
    ["IS_THE_SUBJECT", "teapot", productRequest("product", "teapot"), {}],
    ["EXCLUDED_BY_CALLER", "teapot", userRequest("shopper-0", filter({ excludeProductIds: ["teapot"] })), {}],
    ["IN_CART", "teapot", userRequest("shopper-0", { context: cart }), {}],
    ["DISLIKED", "teapot", userRequest("ann"), noted("dislike")],
    ["PURCHASED", "teacup", userRequest("shopper-0"), {}],
    ["SEEN", "teapot", userRequest("ann"), { ...noted("view"), settings: { "exclude.seen": true } }],
    ["SEEN", "teapot", userRequest("ann", { context: viewed }), { settings: { "exclude.seen": true } }],
    ["FILTERED", "teapot", userRequest("shopper-0", filter({ categories: ["Garden"] })), {}],
    ["FILTERED", "teapot", userRequest("shopper-0", filter({ minPrice: 11 })), {}],
  ];

  it.each(cases)("says %s", async (absence, productId, request, changes) => {
    const explanation = await explained(request, productId, changes);
    expect(explanation).toMatchObject({ absence, rank: null, rankByScore: null, scored: null, terms: [] });
  });

  it("says from what place it was cut off when the list ends before it, with its score", async () => {
    const { engine } = await open();
    const [whole] = await engine.recommend([userRequest("shopper-0", { first: 4 })]);
    const last = whole.products[3];
    const explanation = await explained(userRequest("shopper-0", { first: 1 }), last.productId);
    expect(explanation).toMatchObject({ absence: "BEYOND_THE_LIST", rank: null, rankByScore: 4, movedBy: null });
    expect(explanation.scored?.score).toBeCloseTo(last.score, 12);
    expect(explanation.terms.reduce((sum, { contribution }) => sum + contribution, 0)).toBe(explanation.scored?.score);
  });
});
