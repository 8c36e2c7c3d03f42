import { beforeAll, describe, expect, it } from "vitest";
import type { ListRequest, Placement } from "../../src/domain/recommendation.js";
import { SIGNAL_NAMES } from "../../src/domain/setting.js";
import type { Model } from "../../src/model/model.js";
import { gatePlacement } from "../../src/serving/gatePlacement.js";
import { emptyProfile, productProfile } from "../../src/serving/profile.js";
import { busyShop } from "../worlds/busyShop.js";
import { deed, Shop, userRequest } from "../worlds/shop.js";

const PLACEMENTS: readonly Placement[] = [
  "user",
  "session",
  "cart",
  "buyAgain",
  "product",
  "similar",
  "boughtTogether",
  "trending",
];

const asked = (placement: Placement) => userRequest("anybody", { placement });

describe("whose gates a list is scored by", () => {
  it("are those of its placement where anything is known to go by", () => {
    for (const placement of PLACEMENTS) expect(gatePlacement(asked(placement), productProfile(3, 1))).toBe(placement);
  });

  it("are those of what is trending for a stranger and a visit that begins, known to be of some kind or not", () => {
    for (const profile of [emptyProfile(1), emptyProfile(1, ["likes=tea"])]) {
      const found = PLACEMENTS.map((placement) => gatePlacement(asked(placement), profile));
      expect(found).toEqual(["trending", "trending", ...PLACEMENTS.slice(2)]);
    }
  });
});

describe("a list for somebody without a past", () => {
  const shop = busyShop();
  /** The same shop met by people who have done nothing, or one thing, after it was learned. */
  const people = new Shop(
    shop.products,
    [deed("ann", "Tea 3", { day: 60 })],
    shop.settings,
    new Map([["tea lover", ["likes=tea"]]]),
  );
  let model: Model;
  beforeAll(async () => {
    model = await shop.train();
  });
  const list = async (request: ListRequest) => {
    const engine = await people.recommender({ model, stored: shop.stored() });
    return (await engine.recommend([request]))[0];
  };
  const trending: ListRequest = { ...userRequest(""), placement: "trending", subjectId: null, first: 8 };
  const gatesOf = ({ products }: Awaited<ReturnType<typeof list>>) => products[0].terms.map((term) => term.gate);
  const gatesAt = (placement: Placement) => [...Float32Array.from(model.gates.byPlacement[placement])];

  it("is what is trending, scored by the gates of that, and says so", async () => {
    const stranger = await list(userRequest("nobody", { first: 8 }));
    const rankOf = ({ productId, score, reason }: (typeof stranger.products)[number]) => [productId, score, reason];
    expect(stranger.products.map(rankOf)).toEqual((await list(trending)).products.map(rankOf));
    expect(gatesOf(stranger)).toEqual(gatesAt("trending"));
    expect(gatesAt("trending")).not.toEqual(gatesAt("user"));
    expect(stranger).toMatchObject({ source: "FALLBACK_TRENDING" });
  });

  it("is what is trending among people like them where the shop knows what they are", async () => {
    const known = await list(userRequest("tea lover", { first: 8 }));
    expect(known.products.every(({ productId }) => productId.startsWith("Tea"))).toBe(true);
    expect((await list(trending)).products.some(({ productId }) => productId.startsWith("Garden"))).toBe(true);
    expect(gatesOf(known)).toEqual(gatesAt("trending"));
    const segment = known.products[0].terms[SIGNAL_NAMES.indexOf("segmentTrend")];
    expect(segment.contribution).toBeGreaterThan(0);
    expect(known).toMatchObject({ source: "FALLBACK_TRENDING" });
  });

  it("is personal from the first thing they do, in the shop or in this visit", async () => {
    const context = { viewedProductIds: ["Tea 3"], cartProductIds: [] };
    const visit = await list(userRequest("nobody", { placement: "session", context }));
    const shopper = await list(userRequest("ann"));
    expect([gatesOf(visit), visit.source]).toEqual([gatesAt("session"), "SESSION"]);
    expect([gatesOf(shopper), shopper.source]).toEqual([gatesAt("user"), "PERSONALIZED"]);
  });
});
