import { beforeAll, describe, expect, it } from "vitest";
import { hashId } from "../../src/domain/ids.js";
import type { MerchandisingRule } from "../../src/domain/merchandisingRule.js";
import type { StoredProduct } from "../../src/domain/product.js";
import type { ListRequest, RecommendationList } from "../../src/domain/recommendation.js";
import type { Model } from "../../src/model/model.js";
import { Catalogue } from "../../src/serving/catalogue.js";
import { createExplainer } from "../../src/serving/explain.js";
import { countMatches, merchandiseOf, placePins, prepareRule, steer } from "../../src/serving/merchandise.js";
import { EMPTY_MODEL } from "../../src/serving/servedModel.js";
import { createTrialEngine } from "../../src/serving/trialEngine.js";
import { merchandisingRule } from "../worlds/merchandisingRule.js";
import { deed, product, productRequest, Shop, twoCircles, userRequest } from "../worlds/shop.js";

const SHELF = new Shop(
  [
    product("mug", { category: "Home > Kitchen > Mugs", brand: "Leaf", tags: ["Blue"], price: 10, stock: 3 }),
    product("pan", { category: "Home > Kitchen", brand: "Iron", tags: ["black"], price: 40, stock: 90 }),
    product("pot", {
      category: "home/kitchen",
      brand: "IRON",
      tags: ["blue", "new"],
      price: 8,
      stock: 0,
      isAvailable: true,
    }),
    product("sofa", { category: "Home", price: 400 }),
    product("book", { brand: "Leaf" }),
  ],
  [],
);
const catalogue = new Catalogue(EMPTY_MODEL, SHELF.stored());

/** Products that an exclusion with these conditions is about, beside the page of a product. */
function matching(conditions: Partial<MerchandisingRule>, viewed = "pan"): string[] {
  const rule = prepareRule(merchandisingRule({ action: "exclude", ...conditions }));
  const found = merchandiseOf(productRequest("product", viewed), [rule], catalogue)?.exclusions ?? [];
  return catalogue.productIds.filter((_, index) => found.some(({ matches }) => matches(index)));
}

describe("a rule is about", () => {
  it.each([
    ["products", { productIds: ["sofa", "gone"] }, ["sofa"]],
    ["a category and those below it, however it is written", { categories: ["HOME|kitchen"] }, ["mug", "pan", "pot"]],
    ["a category that no product has", { categories: ["Garden"] }, []],
    ["a tag in any case", { tags: ["BLUE"] }, ["mug", "pot"]],
    ["a brand in any case", { brands: ["iron"] }, ["pan", "pot"]],
    ["prices, both ends included", { minPrice: 10, maxPrice: 40 }, ["mug", "pan"]],
    ["what runs out, not what nobody counts", { maxStock: 3 }, ["mug", "pot"]],
    ["what is overstocked", { minStock: 50 }, ["pan"]],
    ["what meets all conditions", { tags: ["blue"], brands: ["leaf"] }, ["mug"]],
    ["the viewed product's category", { sameCategory: true }, ["pan"]],
    ["shares of the viewed product's price", { minPriceRatio: 0.2, maxPriceRatio: 1 }, ["mug", "pan", "pot"]],
  ])("%s", (_, conditions, ids) => {
    expect(matching(conditions)).toEqual(ids);
  });

  it("nothing where it speaks of a viewed product of which that is not known", () => {
    expect(matching({ sameCategory: true }, "book")).toEqual([]);
    expect(matching({ maxPriceRatio: 2 }, "book")).toEqual([]);
    expect(matching({ maxPriceRatio: 2 }, "gone")).toEqual([]);
  });

  it("what the shopper has looked at last, in a list of theirs", () => {
    const rules = [prepareRule(merchandisingRule({ action: "exclude", sameCategory: true }))];
    const context = { viewedProductIds: ["mug", "sofa"], cartProductIds: [] };
    const found = merchandiseOf(userRequest("ann", { context }), rules, catalogue)?.exclusions[0];
    expect(catalogue.productIds.filter((_, index) => found?.matches(index))).toEqual(["mug"]);
    expect(merchandiseOf(userRequest("ann"), rules, catalogue)).toBeNull();
  });

  it("so many products that could be listed", () => {
    const hidden = SHELF.stored().map((p) => (p.productId === "pan" ? { ...p, isDeleted: true } : p));
    const rule = merchandisingRule({ action: "exclude", categories: ["Home > Kitchen"], sameCategory: true });
    expect(countMatches(rule, catalogue)).toBe(3);
    expect(countMatches(rule, new Catalogue(EMPTY_MODEL, hidden))).toBe(2);
  });
});

describe("steering", () => {
  const boost = {
    rule: merchandisingRule({ action: "boost", factor: 3, tags: ["a"] }),
    matches: (p: number) => p !== 2,
  };
  const bury = {
    rule: merchandisingRule({ action: "bury", factor: 0.5, tags: ["a"] }),
    matches: (p: number) => p === 1,
  };

  it("multiplies what is above zero, divides what is below, and names the rule that counts most", () => {
    const { worth, factor, by } = steer([boost, bury], [0, 1, 2], Float32Array.of(2, -6, 5));
    expect([...worth]).toEqual([6, -4, 5]);
    expect([...factor]).toEqual([3, 1.5, 1]);
    expect(by).toEqual(["a boost", "a boost", null]);
  });

  it("keeps to numbers however many rules agree", () => {
    const { worth } = steer(Array(150).fill(boost), [0], Float32Array.of(1e30));
    expect(Number.isFinite(worth[0])).toBe(true);
  });
});

describe("pins", () => {
  const index = [0, 1, 2, 3, 4];
  const pin = (productId: string, position: number) => {
    const rule = merchandisingRule({
      action: "pin",
      ruleId: productId,
      name: productId,
      position,
      productIds: [productId],
    });
    return { rule, matches: (p: number) => catalogue.productIds[p] === productId };
  };

  it("give their places, the others keep their order", () => {
    const { order, heldBy } = placePins([4, 3, 2, 1, 0], [pin("mug", 1), pin("pot", 3)], { index, catalogue });
    expect(order).toEqual([0, 4, 2, 3, 1]);
    expect([...heldBy]).toEqual([
      [0, "mug"],
      [2, "pot"],
    ]);
  });

  it("of one place stand one behind the other, and behind a short list at its end", () => {
    const rows = { index, catalogue };
    expect(placePins([2, 1, 0], [pin("mug", 1), pin("pan", 1)], rows).order).toEqual([0, 1, 2]);
    expect(placePins([0, 1, 2], [pin("mug", 50)], rows).order).toEqual([1, 2, 0]);
  });
});

describe("a list", () => {
  const { products, rows } = twoCircles();
  const shop = new Shop(
    products,
    rows.map((row) => row.deed).concat(deed("ann", "teapot", { day: 70 }), deed("ann", "teacup", { day: 71 })),
  );
  let model: Model;
  beforeAll(async () => {
    model = await shop.train();
  });
  const listOf = async (
    rules: readonly MerchandisingRule[],
    request: Partial<ListRequest> = {},
    stored: StoredProduct[] = shop.stored(),
  ): Promise<RecommendationList> => {
    const engine = await shop.recommender({ model, rules, stored });
    return (await engine.recommend([userRequest("ann", { first: 4, ...request })]))[0];
  };
  const shown = ({ products }: RecommendationList) =>
    products.map(({ productId, rank, score, reason, because, movedFrom, movedBy }) => {
      return { productId, rank, score, reason, because, movedFrom, movedBy };
    });
  const ids = (list: RecommendationList) => list.products.map(({ productId }) => productId);

  it("puts a boosted product before better ones and says from where and by which rule, its score as it was", async () => {
    const plain = await listOf([]);
    const last = plain.products[2];
    const rule = merchandisingRule({ action: "boost", factor: 100, productIds: [last.productId] });
    const boosted = (await listOf([rule])).products;
    expect(boosted[0]).toMatchObject({
      productId: last.productId,
      score: last.score,
      movedFrom: 3,
      movedBy: "a boost",
    });
    expect(boosted[0].terms.reduce((sum, term) => sum + term.contribution, 0)).toBe(last.score);
    expect(boosted[1]).toMatchObject({ productId: plain.products[0].productId, movedFrom: 1, movedBy: "a boost" });
  });

  it("says of each product that was pushed aside which rule did it, and nothing of those that stayed", async () => {
    const plain = ids(await listOf([], { first: 6 }));
    const pin = merchandisingRule({ action: "pin", position: 2, productIds: [plain[3]] });
    const bury = merchandisingRule({ action: "bury", factor: 0.01, productIds: [plain[4]] });
    const { products: ruled } = await listOf([pin, bury], { first: 6 });
    const facts = ruled.map(({ productId, movedFrom, movedBy }) => [plain.indexOf(productId), movedFrom, movedBy]);
    expect(facts).toEqual([
      [0, undefined, undefined],
      [3, 4, "a pin"],
      [1, 2, "a pin"],
      [2, 3, "a pin"],
      [5, 6, "a bury"],
      [expect.any(Number), expect.any(Number), "a bury"],
    ]);
  });

  it("puts a buried product behind others", async () => {
    const [best] = ids(await listOf([]));
    const rule = merchandisingRule({ action: "bury", factor: 0.01, productIds: [best] });
    expect(ids(await listOf([rule]))[0]).not.toBe(best);
  });

  it("has a pinned product in its place though nothing proposed it, and only on its first page", async () => {
    const plain = await listOf([], { first: 3 });
    const rule = merchandisingRule({ action: "pin", position: 2, productIds: ["spade"] });
    const first = await listOf([rule], { first: 3 });
    expect(ids(first)).toEqual([ids(plain)[0], "spade", ids(plain)[1]]);
    expect(first.products[1]).toMatchObject({ reason: "PINNED", because: null, movedBy: "a pin", rank: 2 });
    expect(first.source).toBe(plain.source);
    const seen = ids(first);
    for (
      let page = await listOf([rule], { first: 3, shown: Uint32Array.from(seen, hashId) });
      page.products.length > 0;
    ) {
      expect(page.products.some(({ reason }) => reason === "PINNED")).toBe(false);
      seen.push(...ids(page));
      page = await listOf([rule], { first: 3, shown: Uint32Array.from(seen, hashId) });
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect([...seen].sort()).toEqual(
      products
        .map((p) => p.productId)
        .filter((id) => !["teapot", "teacup"].includes(id))
        .sort(),
    );
  });

  it("pages a boosted list without repeats and with everything", async () => {
    const rule = merchandisingRule({ action: "boost", factor: 50, categories: ["Garden"] });
    const seen: string[] = [];
    for (let page = await listOf([rule], { first: 3 }); page.products.length > 0; ) {
      seen.push(...ids(page));
      page = await listOf([rule], { first: 3, shown: Uint32Array.from(seen, hashId) });
    }
    expect(seen).toEqual(ids(await listOf([rule], { first: 20 })));
    expect(new Set(seen).size).toBe(8);
  });

  it.each([
    ["unavailable", { isAvailable: false }],
    ["deleted", { isDeleted: true }],
  ])("never has a product that is %s, pinned or boosted, and takes the next of the pin", async (_, change) => {
    const stored = shop.stored().map((p) => (p.productId === "spade" ? { ...p, ...change } : p));
    const pin = merchandisingRule({ action: "pin", position: 1, productIds: ["spade"] });
    const boost = merchandisingRule({ action: "boost", factor: 100, productIds: ["spade"] });
    const found = await listOf([pin, boost], { first: 10 }, stored);
    expect(shown(found)).toEqual(shown(await listOf([], { first: 10 }, stored)));
    const next = merchandisingRule({ action: "pin", position: 1, productIds: ["spade", "rake"] });
    expect(ids(await listOf([next], {}, stored))[0]).toBe("rake");
  });

  it("never has a product that the caller, the shopper's past or another rule keeps out", async () => {
    const pins = ["teapot", "rake", "hose"].map((id) =>
      merchandisingRule({ action: "pin", ruleId: id, position: 1, productIds: [id] }),
    );
    const exclude = merchandisingRule({ action: "exclude", productIds: ["hose"] });
    const filter = { ...userRequest("ann").filter, excludeProductIds: ["rake"] };
    const found = ids(await listOf([...pins, exclude], { first: 10, filter }));
    for (const id of ["teapot", "rake", "hose"]) expect(found).not.toContain(id);
    expect(found).toHaveLength(6);
  });

  it("of any kind has nothing that is excluded, the fallbacks included", async () => {
    const rules = [merchandisingRule({ action: "exclude", categories: ["tea"] })];
    const context = { viewedProductIds: ["saucer"], cartProductIds: [] };
    const requests = [
      userRequest("ann", { first: 10 }),
      userRequest("nobody", { first: 10 }),
      userRequest("ann", { first: 10, placement: "buyAgain" }),
      { ...userRequest("x", { first: 10, placement: "session", context }), subjectId: null },
      { ...userRequest("x", { first: 10, placement: "trending" }), subjectId: null },
      productRequest("similar", "teapot", { first: 10 }),
      productRequest("boughtTogether", "teapot", { first: 10 }),
      productRequest("product", "teapot", { first: 10 }),
    ];
    const tea = products.filter((p) => p.category === "Tea").map((p) => p.productId);
    const plain = await (await shop.recommender({ model })).recommend(requests);
    const ruled = await (await shop.recommender({ model, rules })).recommend(requests);
    expect(plain.flatMap(ids).some((id) => tea.includes(id))).toBe(true);
    expect(ruled.flatMap(ids).filter((id) => tea.includes(id))).toEqual([]);
  });

  it("is left alone by rules of other placements and by those about products that are gone", async () => {
    const elsewhere = merchandisingRule({ action: "exclude", categories: ["Tea"], placements: ["similar"] });
    const gone = merchandisingRule({ action: "pin", position: 1, productIds: ["no such product"] });
    expect(shown(await listOf([elsewhere, gone]))).toEqual(shown(await listOf([])));
  });

  it("is explained: which rule moved a product, made room for it or kept it out", async () => {
    const pin = merchandisingRule({ action: "pin", position: 1, productIds: ["spade"] });
    const exclude = merchandisingRule({ action: "exclude", productIds: ["rake"] });
    const { explain } = createExplainer(await shop.serving({ model, rules: [pin, exclude] }));
    const request = userRequest("ann", { first: 4 });
    expect(await explain(request, "spade")).toMatchObject({ rank: 1, movedBy: "MERCHANDISING", absence: null });
    const [best] = ids(await listOf([]));
    expect(await explain(request, best)).toMatchObject({ rank: 2, rankByScore: 1, movedBy: "MERCHANDISING" });
    expect(await explain(request, best)).toMatchObject({ rule: "a pin" });
    expect(await explain(request, "rake")).toMatchObject({
      rank: null,
      absence: "EXCLUDED_BY_RULE",
      rule: "a exclude",
    });
  });

  it("explains a product that a rule has moved out of it", async () => {
    const [best] = ids(await listOf([]));
    const bury = merchandisingRule({ action: "bury", factor: 0.01, productIds: [best] });
    const { explain } = createExplainer(await shop.serving({ model, rules: [bury] }));
    const moved = { rank: null, rankByScore: 1, absence: "BEYOND_THE_LIST", movedBy: "MERCHANDISING", rule: "a bury" };
    expect(await explain(userRequest("ann", { first: 2 }), best)).toMatchObject(moved);
  });

  it("is tried under other settings with the same rules", async () => {
    const rules = [merchandisingRule({ action: "pin", position: 1, productIds: ["spade"] })];
    const trial = createTrialEngine(await shop.serving({ model, rules }));
    const [list] = await trial.recommend([userRequest("ann", { first: 4 })], { ...shop.settings, "weight.content": 0 });
    expect(ids(list)[0]).toBe("spade");
  });

  it("is steered relative to the product of the page", async () => {
    const rule = merchandisingRule({ action: "boost", factor: 100, minPriceRatio: 0.5, maxPriceRatio: 0.9 });
    const stored = shop.stored().map((p) => (p.productId === "rake" ? { ...p, price: 8 } : p));
    const engine = await shop.recommender({ model, rules: [rule], stored });
    const [list] = await engine.recommend([productRequest("product", "spade", { first: 4 })]);
    expect(ids(list)[0]).toBe("rake");
  });
});
