import { describe, expect, it } from "vitest";
import type { ShopperHistories } from "../../src/domain/ports.js";
import type { ListRequest, RecommendationContext, RecommendationList } from "../../src/domain/recommendation.js";
import { createReferenceScorer } from "../../src/scorer/reference.js";
import { createRecommender } from "../../src/serving/recommender.js";
import { EMPTY_MODEL, prepareServedModel } from "../../src/serving/servedModel.js";
import { servingRules } from "../../src/serving/servingRules.js";
import { kitchen } from "../worlds/kitchen.js";
import { deed, productRequest, type Shop, userRequest } from "../worlds/shop.js";

const ids = (list: RecommendationList) => list.products.map((p) => p.productId);

async function only(shop: Shop, request: ListRequest, settings = {}): Promise<RecommendationList> {
  const engine = await shop.recommender({ model: await shop.train(), settings });
  return (await engine.recommend([request]))[0];
}

function visitRequest(context: Partial<RecommendationContext>, more: Partial<ListRequest> = {}): ListRequest {
  const whole = { viewedProductIds: [], cartProductIds: [], ...context };
  return { ...userRequest("nobody"), subjectId: null, placement: "session", context: whole, ...more };
}

describe("in a shop where substitutes and complements differ", () => {
  it("similar products are the substitutes, by content, by behaviour and by both", async () => {
    for (const strategy of ["AUTO", "CONTENT", "BEHAVIOUR"] as const) {
      const list = await only(kitchen(), productRequest("similar", "kettle A", { strategy }));
      expect(ids(list).slice(0, 2).sort()).toEqual(["kettle B", "kettle C"]);
      expect(list.source).toBe("ITEM_TO_ITEM");
    }
  });

  it("to a shopper who has only disliked something, no product says that their like have chosen it", async () => {
    const shop = kitchen([deed("ann", "drill A", { action: "dislike", day: 40 })]);
    const list = await only(shop, userRequest("ann"), { "weight.trending": 0.1 });
    const [{ terms }] = list.products;
    const most = Math.max(...terms.map(({ contribution }) => contribution));
    expect(terms.find(({ contribution }) => contribution === most)?.signal).toBe("latent");
    expect(list.source).toBe("FALLBACK_TRENDING");
    for (const { reason } of list.products) expect(["TRENDING", "POPULAR"]).toContain(reason);
  });

  it("a list that was kept as JSON says of each product what it said before, and nothing else", async () => {
    const list = await only(kitchen(), productRequest("similar", "kettle A"));
    const kept: RecommendationList = JSON.parse(JSON.stringify(list));
    expect(Object.keys(kept.products[0]).sort()).toEqual(["because", "productId", "rank", "reason", "score", "terms"]);
    for (const [i, product] of kept.products.entries()) {
      expect(product.terms).toEqual(list.products[i].terms);
      expect(product.terms.reduce((sum, { contribution }) => sum + contribution, 0)).toBe(product.score);
    }
  });

  it("what is bought together is the complement, and a substitute has no share in it", async () => {
    const list = await only(kitchen(), productRequest("boughtTogether", "kettle A"));
    expect(list.products[0]).toMatchObject({ productId: "descaler", reason: "BOUGHT_TOGETHER", because: "kettle A" });
    const substitute = list.products.find(({ productId }) => productId === "kettle B");
    expect(substitute?.score ?? 0).toBeLessThan(list.products[0].score / 2);
  });

  it("a visit that looks at a kettle is shown the others", async () => {
    const list = await only(kitchen(), visitRequest({ viewedProductIds: ["kettle A"] }));
    expect(list.source).toBe("SESSION");
    const others = ids(list).filter((id) => id !== "kettle A");
    expect(others.slice(0, 2).sort()).toEqual(["kettle B", "kettle C"]);
  });

  it("beside a cart with a kettle stands the descaler, whatever its owner looked at before", async () => {
    const shop = kitchen([
      deed("driller", "drill A", { day: 30 }),
      deed("driller", "drill B", { action: "view", day: 30 }),
    ]);
    const context = { viewedProductIds: ["drill C"], cartProductIds: ["kettle A"] };
    for (const subjectId of [null, "driller"]) {
      const list = await only(shop, visitRequest(context, { placement: "cart", subjectId, first: 8 }));
      expect(list.products[0]).toMatchObject({ productId: "descaler", reason: "BOUGHT_TOGETHER", because: "kettle A" });
      expect(ids(list)).not.toContain("kettle A");
      expect(ids(list).includes("drill A")).toBe(subjectId === null);
    }
  });
});

describe("what is stored of a visit", () => {
  const visit = [
    deed("visit", "drill A", { action: "view", day: 40, isVisit: true }),
    deed("visit", "drill B", { action: "dislike", day: 40.1, isVisit: true }),
  ];

  it("joins the profile by the id of the visit, and what was disliked stays out", async () => {
    const list = await only(kitchen(visit), visitRequest({ sessionId: "visit" }));
    expect(list.source).toBe("SESSION");
    expect(ids(list).slice(0, 2)).toContain("drill C");
    expect(ids(list)).not.toContain("drill B");
  });

  it("is nothing for a visit that nobody knows", async () => {
    expect((await only(kitchen(visit), visitRequest({ sessionId: "another" }))).source).toBe("FALLBACK_TRENDING");
  });

  it("joins what a shopper did before, newest first", async () => {
    const shop = kitchen([...visit, deed("ann", "kettle A", { action: "view", day: 39 })]);
    const sessionId = "visit";
    const context = { viewedProductIds: [], cartProductIds: [], sessionId };
    const plain = await only(shop, userRequest("ann"));
    const joined = await only(shop, userRequest("ann", { context }));
    expect(ids(plain)[0]).toMatch(/kettle/);
    expect(ids(joined)).toContain("drill C");
    expect(joined.source).toBe("PERSONALIZED");
    expect(ids(joined)).not.toContain("drill B");
    expect((await only(shop, userRequest("bob", { context }))).source).toBe("SESSION");
  });

  it("is loaded once for a whole batch, beside one load of shoppers", async () => {
    const shop = kitchen(visit);
    const calls: string[][] = [];
    const { load, loadSessions } = shop.histories();
    const counted: ShopperHistories = {
      load(of, older) {
        calls.push(["users", ...of]);
        return load(of, older);
      },
      loadSessions(of, older) {
        calls.push(["visits", ...of]);
        return loadSessions(of, older);
      },
    };
    const model = await shop.train();
    const served = prepareServedModel(model, "1", shop.stored(), createReferenceScorer(model.gates));
    const engine = createRecommender({
      histories: counted,
      state: () => ({ served, rules: servingRules(shop.settings) }),
    });
    const again: ListRequest = { ...userRequest("shopper-0"), placement: "buyAgain" };
    const requests = Array.from({ length: 300 }, (_, n) =>
      visitRequest({ sessionId: n % 2 === 0 ? "visit" : "other" }),
    );
    await engine.recommend([...requests, again, userRequest("shopper-0"), productRequest("similar", "kettle A")]);
    expect(calls).toEqual([
      ["users", "shopper-0"],
      ["visits", "visit", "other"],
    ]);
  });
});

describe("what to buy again", () => {
  const every = (days: number, times: number, id: string, from = 0) =>
    Array.from({ length: times }, (_, n) => deed("ann", id, { day: from + n * days }));
  const world = (more = [] as ReturnType<typeof deed>[]) =>
    kitchen([...every(10, 4, "descaler"), ...every(0, 1, "kettle A"), ...every(5, 2, "bits", 20), ...more]);
  const again = (shopper: string, more: Partial<ListRequest> = {}): ListRequest => ({
    ...userRequest(shopper),
    placement: "buyAgain",
    ...more,
  });

  it("is what was bought most often and is due, and nothing that was never bought", async () => {
    const list = await only(world(), again("ann"));
    expect(ids(list)).toEqual(["descaler", "bits", "kettle A"]);
    expect(list).toMatchObject({ source: "PERSONALIZED", hasNextPage: false, modelVersion: "1" });
    for (const { reason, because, score, terms, rank } of list.products) {
      expect([reason, because, terms.length, terms[0].signal]).toEqual(["BUY_AGAIN", null, 1, "repeat"]);
      expect(score).toBe(terms[0].contribution);
      expect(score).toBe(terms[0].weight * terms[0].gate * terms[0].value);
      expect(list.products[rank - 1].score).toBe(score);
    }
  });

  it("is empty for a shopper who bought nothing", async () => {
    const looking = world([deed("bob", "kettle A", { day: 41, action: "view" })]);
    expect(await only(looking, again("bob"))).toMatchObject({ products: [], source: "PERSONALIZED" });
  });

  it("is nobody's for a shopper of whom nothing is known", async () => {
    expect(await only(world(), again("stranger"))).toMatchObject({ products: [], source: "FALLBACK_CATALOG" });
  });

  it("leaves out what is unavailable, rejected or more than asked for", async () => {
    const shop = world([deed("ann", "kettle A", { day: 41, action: "dislike" })]);
    const model = await shop.train();
    const stored = shop.stored().map((p) => ({ ...p, isAvailable: p.productId !== "descaler" }));
    const [list] = await (await shop.recommender({ model, stored })).recommend([again("ann")]);
    expect(ids(list)).toEqual(["bits"]);
    const [short] = await (await shop.recommender({ model })).recommend([again("ann", { first: 1 })]);
    expect([ids(short), short.hasNextPage]).toEqual([["descaler"], true]);
  });

  it("follows the weight of the repeat signal", async () => {
    const plain = await only(world(), again("ann"));
    const doubled = await only(world(), again("ann"), { "weight.repeat": 2 });
    expect(doubled.products.map(({ score }) => score)).toEqual(plain.products.map(({ score }) => 2 * score));
    expect((await only(world(), again("ann"), { "weight.repeat": 0 })).products).toEqual([]);
  });

  it("needs no model: purchases are enough", async () => {
    const engine = await world().recommender({ model: EMPTY_MODEL });
    const [list] = await engine.recommend([again("ann")]);
    expect(ids(list).sort()).toEqual(["bits", "descaler", "kettle A"]);
  });
});
