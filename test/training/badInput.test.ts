import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { encodeModel } from "../../src/model/artifact.js";
import type { Model } from "../../src/model/model.js";
import { busyShop } from "../worlds/busyShop.js";
import { type Deed, deed, product, productRequest, Shop, twoCircles, userRequest } from "../worlds/shop.js";

const NAMED = Array.from({ length: 12 }, (_, n) => product(`p${n}`, { name: `thing of kind ${n % 3}` }));

/** `nUsers` shoppers of four products each out of twelve. */
function choices(nUsers: number, more: Partial<Deed> = {}): Deed[] {
  return Array.from({ length: 4 * nUsers }, (_, n) => {
    const user = Math.floor(n / 4);
    return deed(`u${user}`, `p${(3 * user + (n % 4)) % 12}`, { day: user / 10 + (n % 4), ...more });
  });
}

/** Train, and ask for every kind of list: what is listed is finite, once, and never empty where products exist. */
async function listsOf(shop: Shop): Promise<{ model: Model; sources: string[] }> {
  const model = await shop.train();
  const engine = await shop.recommender({ model, settings: { "exclude.purchased": false } });
  const [known] = shop.rows.map((row) => row.deed.user);
  const anyProduct = shop.stored()[0]?.productId ?? "none";
  const requests = [
    userRequest(known ?? "nobody"),
    userRequest("stranger"),
    productRequest("similar", anyProduct),
    productRequest("boughtTogether", anyProduct),
    { ...userRequest("nobody"), placement: "trending" as const, subjectId: null },
  ];
  const lists = await engine.recommend(requests);
  for (const { products } of lists) {
    expect(new Set(products.map((p) => p.productId)).size).toBe(products.length);
    for (const { score } of products) expect(Number.isFinite(score)).toBe(true);
  }
  const nListable = shop.stored().filter((p) => shop.products.length === 0 || !p.isStub).length;
  for (const at of [0, 1, 4]) expect(lists[at].products).toHaveLength(Math.min(5, nListable));
  for (const at of [2, 3]) expect(lists[at].products).toHaveLength(Math.min(5, Math.max(0, nListable - 1)));
  return { model, sources: lists.map((list) => list.source) };
}

describe("a shop of", () => {
  it("one user", async () => {
    const { sources } = await listsOf(new Shop(NAMED, choices(1)));
    expect(sources[1]).toBe("FALLBACK_TRENDING");
  });

  it("one product", async () => {
    const deeds = Array.from({ length: 30 }, (_, n) => deed(`u${n}`, "only", { day: n }));
    const { model, sources } = await listsOf(new Shop([], deeds));
    expect(model.productIds).toEqual(["only"]);
    expect(sources[4]).toBe("FALLBACK_TRENDING");
  });

  it("no times", async () => {
    const { model, sources } = await listsOf(new Shop(NAMED, choices(40, { day: undefined })));
    expect(model.facts).toMatchObject({ newestInteraction: null });
    for (const name of ["trending", "sequence", "sequenceShort", "categoryTrend", "segmentTrend"] as const)
      expect(model.facts.signals[name]).toBeUndefined();
    expect(model.facts.signals.collaborative).toBeDefined();
    expect(sources.slice(0, 2)).toEqual(["PERSONALIZED", "FALLBACK_POPULAR"]);
  });

  it("nothing but views", async () => {
    const { model, sources } = await listsOf(new Shop(NAMED, choices(40, { action: "view" })));
    expect(model.facts.signals.basket).toBeUndefined();
    expect(model.facts.nBaskets).toBe(0);
    expect(sources[0]).toBe("PERSONALIZED");
  });

  it("nothing but ratings of 1, which are no choices: what the catalogue says remains", async () => {
    const { model, sources } = await listsOf(new Shop(NAMED, choices(40, { action: "rating", value: 1 })));
    expect(model.facts.signals.collaborative).toBeUndefined();
    expect(model.facts.signals.content).toBeDefined();
    expect(model.popularity.every((n) => n === 0)).toBe(true);
    expect(sources[1]).toBe("FALLBACK_CATALOG");
    expect(sources[2]).toBe("ITEM_TO_ITEM");
  });

  it("a user of 100,000 interactions among others", async () => {
    const robot = Array.from({ length: 100_000 }, (_, n) =>
      deed("robot", `p${(7 * n) % 12}`, { day: n / 5000, action: "view" }),
    );
    const { model, sources } = await listsOf(new Shop(NAMED, [...robot, ...choices(40)]));
    expect(model.facts.nInteractions).toBe(100_160);
    expect(sources[0]).toBe("PERSONALIZED");
  });

  it("a product that everyone bought, which pushes nothing else out", async () => {
    const { products, rows } = twoCircles();
    const everyone = Array.from({ length: 20 }, (_, n) => deed(`shopper-${n}`, "bag", { day: 30 }));
    const shop = new Shop([...products, product("bag")], [...rows.map((row) => row.deed), ...everyone]);
    await listsOf(shop);
    const [list] = await (await shop.recommender()).recommend([userRequest("shopper-0")]);
    expect(list.products[0].productId).toBe("teapot");
    expect(list.products.map((p) => p.productId)).not.toContain("bag");
  });

  it("an interaction eighty years ahead, beside which all else is old", async () => {
    const future = deed("traveller", "p3", { day: 80 * 365 });
    const { model, sources } = await listsOf(new Shop(NAMED, [...choices(40), future]));
    expect(model.facts.newestInteraction).toMatch(/^2099-12-/);
    expect(sources[0]).toBe("PERSONALIZED");
    expect(sources[4]).toBe("FALLBACK_TRENDING");
  });

  it("no products file", async () => {
    const { model, sources } = await listsOf(new Shop([], choices(40)));
    expect(model.productIds).toHaveLength(12);
    expect(model.facts.signals.content).toBeUndefined();
    expect(sources[0]).toBe("PERSONALIZED");
  });

  it("tags on half of the products", async () => {
    const half = NAMED.map((p, n) => product(p.productId, n % 2 === 0 ? { tags: [`t${n % 4}`] } : {}));
    const { model } = await listsOf(new Shop(half, choices(40)));
    const content = model.matrices.get("content");
    const nRow = (id: string) => {
      const row = model.productIds.indexOf(id);
      return (content?.rowStart[row + 1] ?? 0) - (content?.rowStart[row] ?? 0);
    };
    expect(nRow("p0")).toBe(2);
    expect(nRow("p1")).toBe(0);
  });

  it("a catalogue alone", async () => {
    const { model, sources } = await listsOf(new Shop(NAMED, []));
    expect(model.facts).toMatchObject({ nInteractions: 0, slice: null });
    expect(sources).toEqual([
      "FALLBACK_CATALOG",
      "FALLBACK_CATALOG",
      "ITEM_TO_ITEM",
      "FALLBACK_CATALOG",
      "FALLBACK_CATALOG",
    ]);
  });

  it("nothing at all", async () => {
    const { sources } = await listsOf(new Shop([], []));
    expect(new Set(sources)).toEqual(new Set(["FALLBACK_CATALOG"]));
  });
});

describe("the same product or user twice", () => {
  it("in the catalogue is one product, as it stands last", async () => {
    const again = product("p0", { name: "renamed thing" });
    const once = [again, ...NAMED.slice(1)];
    const twice = await new Shop([...NAMED, again], choices(20)).train();
    expect(twice.productIds).toHaveLength(12);
    const bytes = encodeModel(await new Shop(once, choices(20)).train());
    expect(Buffer.compare(encodeModel(twice), bytes)).toBe(0);
  });

  it("in many interactions is one shopper who chose it once", async () => {
    const same = Array.from({ length: 50 }, (_, n) => deed("u", "p0", { day: n / 100 }));
    const { popularity, productIds, facts } = await new Shop(NAMED, [...same, ...choices(3)]).train();
    expect(facts.nShoppers).toBe(4);
    expect(popularity[productIds.indexOf("p0")]).toBe(2);
  });
});

describe("a training", () => {
  it("gives the same bytes whatever the order of interactions and products", async () => {
    const shop = busyShop();
    const bytes = encodeModel(await shop.train());
    const rows = [...shop.rows].sort((a, b) => (a.eventKey < b.eventKey ? -1 : 1));
    const shuffled = new Shop([...shop.products].reverse(), [], shop.settings, new Map([...shop.segments].reverse()));
    expect(Buffer.compare(encodeModel(await shuffled.withRows(rows).train()), bytes)).toBe(0);
  });

  it("does not depend on the admin's weights, which act on lists", async () => {
    const shop = busyShop(30);
    const settings = { ...DEFAULT_SETTINGS, "weight.collaborative": 0, "weight.trending": 7 };
    const weighed = new Shop(shop.products, [], settings, shop.segments).withRows(shop.rows);
    expect(Buffer.compare(encodeModel(await weighed.train()), encodeModel(await shop.train()))).toBe(0);
  });

  it.each([
    ["action.view", "trending"],
    ["action.purchase", "trending"],
  ] as const)("stops at a %s that is not a number, in %s", async (name, stage) => {
    const shop = busyShop(30);
    const settings = { ...DEFAULT_SETTINGS, [name]: Number.NaN };
    const broken = new Shop(shop.products, [], settings, shop.segments).withRows(shop.rows);
    await expect(broken.train()).rejects.toThrow(
      `Cannot train: finite numbers are required, ${stage} gave one that is not`,
    );
  });
});
