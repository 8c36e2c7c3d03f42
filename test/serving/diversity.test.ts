import { beforeAll, describe, expect, it } from "vitest";
import { hashId } from "../../src/domain/ids.js";
import { type ListRequest, NO_FILTER, type RecommendationList } from "../../src/domain/recommendation.js";
import type { SettingValues } from "../../src/domain/setting.js";
import type { Model } from "../../src/model/model.js";
import { givePlaces } from "../../src/serving/newPlaces.js";
import { servingRules } from "../../src/serving/servingRules.js";
import { type Deed, deed, product, productRequest, Shop, userRequest } from "../worlds/shop.js";

const TEAS = ["green tea", "white tea", "black tea", "herb tea"];
const OTHERS = ["honey", "lemon", "spoon", "kettle"];

/** Whoever buys the cup buys teas before anything else; every product but the cup has a brand, the teas share one. */
function teaShop(describe = true): Shop {
  const deeds: Deed[] = [];
  for (let shopper = 0; shopper < 40; shopper++) {
    const user = `shopper-${shopper}`;
    deeds.push(deed(user, "cup", { day: shopper / 10 }));
    TEAS.forEach((id, n) => {
      if (shopper % 5 !== n) deeds.push(deed(user, id, { day: shopper / 10 + 1 }));
    });
    OTHERS.forEach((id, n) => {
      if (shopper % 5 <= 1 + (n % 2)) deeds.push(deed(user, id, { day: shopper / 10 + 2 }));
    });
  }
  const tea = (id: string) => product(id, { category: "Tea", brand: "Leaf", ...(describe && { name: id }) });
  const other = (id: string) => product(id, { category: `Shelf of ${id}`, brand: id, ...(describe && { name: id }) });
  const shop = [product("cup"), ...TEAS.map(tea), ...OTHERS.map(other)];
  return new Shop(shop, [...deeds, deed("ann", "cup", { day: 6 })]);
}

const ids = (list: RecommendationList) => list.products.map((p) => p.productId);
const nTeas = (list: RecommendationList) => ids(list).filter((id) => TEAS.includes(id)).length;

describe("a list after the score", () => {
  const shop = teaShop();
  let model: Model;
  beforeAll(async () => {
    model = await shop.train();
  });
  const list = async (settings: Partial<SettingValues>, request: Partial<ListRequest> = {}) => {
    const engine = await shop.recommender({ model, settings });
    return (await engine.recommend([userRequest("ann", { first: 4, ...request })]))[0];
  };

  it("begins with the best, which here are much the same, unless a rule says otherwise", async () => {
    const plain = await list({});
    expect(nTeas(plain)).toBe(4);
    expect(plain.products.every((p) => p.movedFrom === undefined)).toBe(true);
    expect(servingRules(shop.settings).diversity).toBeNull();
  });

  it("holds different things with diversity, the best still first, scores as they were", async () => {
    const plain = await list({}, { first: 8 });
    const diverse = await list({ "diversity.strength": 0.7 });
    expect(ids(diverse)[0]).toBe(ids(plain)[0]);
    expect(nTeas(diverse)).toBeLessThan(3);
    for (const { productId, score, rank, movedFrom, terms } of diverse.products) {
      const before = plain.products.find((p) => p.productId === productId);
      expect(score).toBe(before?.score);
      expect(terms.reduce((sum, term) => sum + term.contribution, 0)).toBe(score);
      expect(movedFrom ?? rank).toBe(before?.rank);
    }
    expect(diverse.products.map(({ rank }) => rank)).toEqual([1, 2, 3, 4]);
    expect(diverse.hasNextPage).toBe(true);
  });

  it("is the more diverse the stronger the setting, and the same when asked again", async () => {
    const counts = [];
    for (const strength of [0, 0.2, 0.5, 0.9]) {
      const one = await list({ "diversity.strength": strength });
      expect(ids(await list({ "diversity.strength": strength }))).toEqual(ids(one));
      counts.push(nTeas(one));
    }
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(counts.at(-1)).toBeLessThan(counts[0]);
  });

  it.each(["cap.perCategory", "cap.perBrand"] as const)("keeps to %s", async (cap) => {
    for (const most of [1, 2, 3]) expect(nTeas(await list({ [cap]: most }))).toBe(most);
    const capped = await list({ [cap]: 2 });
    expect(ids(capped).filter((id) => TEAS.includes(id))).toEqual(ids(await list({})).slice(0, 2));
  });

  it("is never shorter for a cap: it yields where nothing else qualifies", async () => {
    const filter = { ...NO_FILTER, categories: ["Tea"] };
    expect(ids(await list({ "cap.perCategory": 1 }, { filter }))).toEqual(ids(await list({}, { filter })));
    const all = await list({ "cap.perCategory": 1 }, { first: 8 });
    expect(all.products).toHaveLength(8);
    expect(nTeas({ ...all, products: all.products.slice(0, 5) })).toBe(1);
  });

  it("counts what earlier pages showed", async () => {
    const settings = { "cap.perCategory": 1 };
    const first = await list(settings, { first: 2 });
    const next = await list(settings, { first: 3, shown: Uint32Array.from(ids(first), hashId) });
    expect(nTeas(first)).toBe(1);
    expect(nTeas(next)).toBe(0);
    expect(next.products.map(({ rank }) => rank)).toEqual([3, 4, 5]);
    const whole = await list(settings, { first: 5 });
    expect([...ids(first), ...ids(next)]).toEqual(ids(whole));
  });

  it("leaves similar products alike: that is what they are for", async () => {
    const request = productRequest("similar", "green tea");
    const similar = async (settings: Partial<SettingValues>) =>
      (await shop.recommender({ model, settings })).recommend([request]);
    expect(await similar({ "diversity.strength": 0.9, "cap.perBrand": 1 })).toEqual(await similar({}));
  });

  it("takes products of one category or brand for alike where nothing else is known of them", async () => {
    const nameless = new Shop(
      teaShop(false).products.map((p) => ({ ...p })),
      shop.rows.map((row) => row.deed),
    );
    const plain = await nameless.train();
    const matrices = new Map([...plain.matrices].filter(([name]) => name !== "content" && name !== "inherited"));
    const settings = { "diversity.strength": 0.7 };
    const engine = await nameless.recommender({ model: { ...plain, matrices }, settings });
    const [diverse] = await engine.recommend([userRequest("ann", { first: 4 })]);
    expect(nTeas(diverse)).toBe(1);
  });
});

describe("places for new products", () => {
  const ranked = [...Array(60).keys()];
  const fromStart = { share: 0.05, nShown: 0, nShownNew: 0 };

  it("are given at every twentieth place, to the best of the new ones", () => {
    const order = givePlaces(ranked, [50, 57], fromStart);
    expect([order.indexOf(50), order.indexOf(57)]).toEqual([19, 39]);
    expect([...order].sort((a, b) => a - b)).toEqual(ranked);
    expect(order.filter((row) => row < 50)).toEqual(ranked.slice(0, 50));
  });

  it("are not given again to those whose score has brought them there", () => {
    expect(givePlaces(ranked, [3, 45], fromStart).indexOf(45)).toBe(39);
    expect(givePlaces(ranked, [3], fromStart)).toEqual(ranked);
  });

  it("are counted over the pages", () => {
    const nextPage = ranked.slice(20);
    expect(givePlaces(nextPage, [57, 58], { share: 0.05, nShown: 20, nShownNew: 1 }).indexOf(57)).toBe(19);
    expect(givePlaces(nextPage, [57, 58], { share: 0.05, nShown: 20, nShownNew: 0 }).indexOf(57)).toBe(0);
    expect(givePlaces(ranked, [57], { ...fromStart, share: 0 })).toEqual(ranked);
  });
});
