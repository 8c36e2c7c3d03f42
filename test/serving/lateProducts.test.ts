import { describe, expect, it } from "vitest";
import type { StoredProduct } from "../../src/domain/product.js";
import type { ListRequest, RecommendationList } from "../../src/domain/recommendation.js";
import type { SettingValues } from "../../src/domain/setting.js";
import type { Model } from "../../src/model/model.js";
import { createReferenceScorer } from "../../src/scorer/reference.js";
import { createRecommender } from "../../src/serving/recommender.js";
import { prepareServedModel } from "../../src/serving/servedModel.js";
import { servingRules } from "../../src/serving/servingRules.js";
import { type Deed, deed, product, productRequest, Shop, userRequest } from "../worlds/shop.js";

const COLOURS = ["amber", "black", "coral", "denim", "ebony", "fawn", "grey", "honey"];
const KINDS = ["lamp", "vase", "rug", "bowl", "shelf", "clock", "stool", "frame"];

/**
 * Sixty-four products of eight kinds in eight colours. Everybody buys the amber lamp, and with it, by taste, lamps or
 * things of their colour: many products stand near the bestseller, by description and by behaviour.
 */
function bazaar(more: readonly Deed[] = []): Shop {
  const id = (colour: number, kind: number) => `${COLOURS[colour % 8]} ${KINDS[kind % 8]}`;
  const deeds: Deed[] = [];
  for (let shopper = 0; shopper < 64; shopper++) {
    const user = `shopper-${shopper}`;
    deeds.push(deed(user, id(0, 0), { day: shopper / 8 }));
    for (let n = 1; n <= 5; n++) {
      const [colour, kind] = shopper % 2 === 0 ? [shopper + n, 0] : [shopper, shopper + n];
      deeds.push(deed(user, id(colour, kind), { day: shopper / 8 + n }));
    }
  }
  const products = COLOURS.flatMap((colour) =>
    KINDS.map((kind) =>
      product(`${colour} ${kind}`, {
        name: `${colour} ${kind}`,
        category: `Home > ${kind}s`,
        tags: [colour],
        price: 20,
      }),
    ),
  );
  return new Shop(products, [...deeds, ...more]);
}

const BESTSELLER = "amber lamp";

function arriving(shop: Shop, from: string, id: string, change: Partial<StoredProduct> = {}): StoredProduct {
  const stored = shop.stored();
  const twin = stored.find((one) => one.productId === from) as StoredProduct;
  return { ...twin, productId: id, productNo: stored.length + Number(id.length), addedAtMs: 0, ...change };
}

/** The engine with products that came after training, in the order and portions in which they came. */
async function engineWith(shop: Shop, model: Model, ...portions: StoredProduct[][]) {
  return engineUnder({}, shop, model, portions);
}

async function engineUnder(
  settings: Partial<SettingValues>,
  shop: Shop,
  model: Model,
  portions: readonly StoredProduct[][],
) {
  const served = prepareServedModel(model, "1", shop.stored(), createReferenceScorer(model.gates));
  for (const portion of portions) {
    served.catalogue.apply(portion);
    await served.late.place();
  }
  const rules = servingRules({ ...shop.settings, ...settings });
  const engine = createRecommender({ histories: shop.histories(), state: () => ({ served, rules }) });
  return { served, list: async (request: ListRequest) => (await engine.recommend([request]))[0] };
}

const ids = (list: RecommendationList) => list.products.map((p) => p.productId);

describe("a product that came after training with the attributes of a bestseller", async () => {
  const shop = bazaar();
  const model = await shop.train();
  const twin = arriving(shop, BESTSELLER, "twin");

  it("is among the first 10 of the bestseller's similar products, and says why", async () => {
    const { list } = await engineWith(shop, model, [twin]);
    const similar = await list(productRequest("similar", BESTSELLER, { first: 10 }));
    expect(ids(similar)).toContain("twin");
    const edge = similar.products.find(({ productId }) => productId === "twin");
    expect(edge).toMatchObject({ reason: "SIMILAR_CONTENT", because: BESTSELLER });
    expect(edge?.terms.reduce((sum, term) => sum + term.contribution, 0)).toBe(edge?.score);
  });

  it("is among the first 50 of every shopper who bought the bestseller", async () => {
    const { list } = await engineWith(shop, model, [twin]);
    for (let shopper = 0; shopper < 64; shopper++) {
      expect(ids(await list(userRequest(`shopper-${shopper}`, { first: 50 })))).toContain("twin");
    }
  });

  it("is kept a place in the first twenty of whoever bought the bestseller, if the score gives it none", async () => {
    const loud = { "weight.content": 0.05, "weight.inherited": 0.05 };
    const without = await engineUnder({ ...loud, "newProducts.share": 0 }, shop, model, [[twin]]);
    const withPlaces = await engineUnder(loud, shop, model, [[twin]]);
    const request = userRequest("shopper-1", { first: 20 });
    expect(ids(await without.list(request))).not.toContain("twin");
    const { products } = await withPlaces.list(request);
    expect(products[19]).toMatchObject({ productId: "twin", rank: 20, reason: "SIMILAR_CONTENT", because: BESTSELLER });
    expect(products[19].movedFrom).toBeGreaterThan(20);
    expect(ids(await withPlaces.list({ ...request, first: 19 }))).not.toContain("twin");
  });

  it("is not there before it is placed, and vanishes when it is unavailable or deleted", async () => {
    const { served, list } = await engineWith(shop, model);
    const similar = productRequest("similar", BESTSELLER, { first: 10 });
    served.catalogue.apply([twin]);
    expect(ids(await list(similar))).not.toContain("twin");
    await served.late.place();
    expect(ids(await list(similar))).toContain("twin");
    for (const change of [{ isAvailable: false }, { isDeleted: true }]) {
      served.catalogue.apply([{ ...twin, ...change }]);
      expect(ids(await list(similar))).not.toContain("twin");
    }
    served.catalogue.apply([twin]);
    expect(ids(await list(similar))).toContain("twin");
  });

  it("stands where it would stand had it been there at the training", async () => {
    const known = new Shop(
      [...shop.products, { ...twin }],
      shop.rows.map((row) => row.deed),
    );
    const trained = await engineWith(known, await known.train());
    const late = await engineWith(shop, model, [twin]);
    const termsOf = async (engine: typeof late, request: ListRequest) => {
      const { products } = await engine.list({ ...request, first: 60 });
      return products.find(({ productId }) => productId === "twin")?.terms ?? [];
    };
    for (const request of [productRequest("similar", BESTSELLER), productRequest("similar", "black lamp")]) {
      const [now, then] = [await termsOf(late, request), await termsOf(trained, request)];
      for (const signal of ["content", "inherited"] as const) {
        const [value, wanted] = [now, then].map((terms) => terms.find((term) => term.signal === signal)?.value ?? 0);
        expect(wanted).toBeGreaterThan(0);
        expect(value / wanted).toBeGreaterThan(0.8);
        expect(value / wanted).toBeLessThan(1.25);
      }
    }
  });

  it("has similar products of its own, and counts in the profile of who looks at it", async () => {
    const visitor = bazaar([deed("late bird", "twin", { action: "view", day: 20 })]);
    const { list } = await engineWith(shop, model, [twin]);
    const similar = await list(productRequest("similar", "twin"));
    expect(similar.source).toBe("ITEM_TO_ITEM");
    expect(similar.products[0]).toMatchObject({ productId: BESTSELLER, because: "twin" });
    const numbered = visitor.stored().find(({ productId }) => productId === "twin") as StoredProduct;
    const served = prepareServedModel(model, "1", shop.stored(), createReferenceScorer(model.gates));
    served.catalogue.apply([{ ...twin, productNo: numbered.productNo }]);
    await served.late.place();
    const state = () => ({ served, rules: servingRules(shop.settings) });
    const engine = createRecommender({ histories: visitor.histories(), state });
    const [personal] = await engine.recommend([userRequest("late bird")]);
    expect(personal.source).toBe("PERSONALIZED");
    expect(ids(personal)).toContain(BESTSELLER);
    for (const { terms } of personal.products) for (const { value } of terms) expect(value).not.toBeNaN();
  });
});

describe("products that come after training", async () => {
  const shop = bazaar();
  const model = await shop.train();

  it("give the same lists in whatever order and portions they came", async () => {
    const many = Array.from({ length: 30 }, (_, n) =>
      arriving(shop, `${COLOURS[n % 8]} ${KINDS[n % 3]}`, `late ${n}`, { productNo: 1000 + n }),
    );
    const together = await engineWith(shop, model, many);
    const apart = await engineWith(shop, model, ...many.toReversed().map((one) => [one]));
    for (const subject of ["amber lamp", "black vase", "coral rug", "denim shelf"]) {
      const request = productRequest("similar", subject, { first: 40 });
      const [a, b] = [await together.list(request), await apart.list(request)];
      expect(ids(a)).toEqual(ids(b));
      expect(a.products.map(({ score }) => score)).toEqual(b.products.map(({ score }) => score));
    }
  });

  it("change nothing in lists that they have no place in", async () => {
    const stranger = arriving(shop, BESTSELLER, "stranger", {
      name: "Garden hose",
      category: null,
      tags: [],
      price: null,
    });
    const without = await engineWith(shop, model);
    const withIt = await engineWith(shop, model, [stranger]);
    const request = userRequest("shopper-3", { first: 40 });
    const [a, b] = [await without.list(request), await withIt.list(request)];
    expect(ids(b)).toEqual(ids(a));
    expect(b.products.map(({ score }) => score)).toEqual(a.products.map(({ score }) => score));
  });

  it("are placed when the catalogue describes them, not when an event first names them", async () => {
    const twin = arriving(shop, BESTSELLER, "twin");
    const stub = { ...twin, name: null, category: null, tags: [], price: null, isStub: true };
    const { list } = await engineWith(shop, model, [stub], [twin]);
    expect(ids(await list(productRequest("similar", BESTSELLER, { first: 10 })))).toContain("twin");
  });

  it("leave room for requests while many are placed, and stop when another model serves", async () => {
    const { served, list } = await engineWith(shop, model);
    const many = Array.from({ length: 1000 }, (_, n) =>
      arriving(shop, `${COLOURS[n % 8]} ${KINDS[n % 7]}`, `late ${n}`, { productNo: 1000 + n }),
    );
    served.catalogue.apply(many);
    let isPlaced = false;
    const placing = served.late.place().then(() => {
      isPlaced = true;
    });
    let nBreaths = 0;
    while (!isPlaced) {
      await new Promise((resolve) => setImmediate(resolve));
      nBreaths++;
    }
    await placing;
    expect(nBreaths).toBeGreaterThan(2);
    const similar = await list(productRequest("similar", BESTSELLER, { first: 40 }));
    expect(ids(similar).some((id) => id.startsWith("late"))).toBe(true);

    const retired = await engineWith(shop, model);
    retired.served.catalogue.apply(many);
    const left = retired.served.late.place();
    await retired.served.late.retire();
    await left;
    expect(ids(await retired.list(productRequest("similar", BESTSELLER))).some((id) => id.startsWith("late"))).toBe(
      false,
    );
  });

  it("find no place in a model that knows no descriptions", async () => {
    const nameless = new Shop(
      shop.products.map(({ productId }) => product(productId)),
      shop.rows.map((row) => row.deed),
    );
    const { list } = await engineWith(nameless, await nameless.train(), [arriving(shop, BESTSELLER, "twin")]);
    expect(ids(await list(productRequest("similar", BESTSELLER, { first: 10 })))).not.toContain("twin");
  });
});
