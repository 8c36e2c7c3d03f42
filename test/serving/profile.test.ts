import { describe, expect, it } from "vitest";
import { ACTION } from "../../src/domain/interaction.js";
import { interactionWeight } from "../../src/domain/interactionWeight.js";
import type { ShopperHistory } from "../../src/domain/ports.js";
import type { RecommendationContext } from "../../src/domain/recommendation.js";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { Catalogue } from "../../src/serving/catalogue.js";
import { emptyProfile, type Profile, productProfile, shopperProfile } from "../../src/serving/profile.js";
import { product, Shop } from "../worlds/shop.js";

const IDS = Array.from({ length: 200 }, (_, n) => `p${n}`);
const shop = new Shop(
  IDS.map((id) => product(id)),
  [],
);
const catalogue = new Catalogue(await shop.train(), shop.stored());
const DAY_MS = 86_400_000;
const UNKNOWN = Number.NaN;
/** A number that the store gave after the catalogue was read. */
const NO_PRODUCT = 10_000;

/** [product, day, action]; newest first, as stores give them. */
type Step = readonly [string, number, (keyof typeof ACTION)?];

function historyOf(steps: readonly Step[], segments: string[] = []): ShopperHistory {
  return {
    productNo: Int32Array.from(steps, ([id]) => (IDS.includes(id) ? IDS.indexOf(id) : NO_PRODUCT)),
    action: Uint8Array.from(steps, ([, , action]) => ACTION[action ?? "view"]),
    occurredAtMs: Float64Array.from(steps, ([, day]) => day * DAY_MS),
    value: new Float64Array(steps.length).fill(UNKNOWN),
    olderProducts: new Int32Array(0),
    segments,
  };
}

interface Asked {
  readonly horizons?: readonly number[];
  readonly weightPower?: number;
  readonly halfLifeDays?: number;
  readonly context?: RecommendationContext | null;
}

/** Age says nothing, unless a test asks for a half-life. */
function profileOf(
  steps: readonly Step[],
  { horizons = [0], halfLifeDays = Number.POSITIVE_INFINITY, weightPower = 1, context = null }: Asked = {},
): Profile {
  const options = { weightOf: interactionWeight(DEFAULT_SETTINGS), halfLifeDays, horizons, weightPower };
  return shopperProfile(historyOf(steps), context, catalogue, options);
}

function weightsOf(profile: Profile, horizon = 0): Record<string, number> {
  const entries = [...profile.product].map((index, e) => [catalogue.productIds[index], profile.weights[horizon][e]]);
  return Object.fromEntries(entries);
}

function expectWeights(found: Record<string, number>, wanted: Record<string, number>): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
  for (const [id, weight] of Object.entries(wanted)) expect(found[id], id).toBeCloseTo(weight, 6);
}

const faded = (nNewer: number, horizon: number) => Math.exp(-nNewer / horizon);

describe("a profile at a horizon", () => {
  it("counts an interaction by how many newer ones there are, and all alike at horizon 0", () => {
    const profile = profileOf(
      [
        ["p3", 3],
        ["p2", 2],
        ["p1", 1],
      ],
      { horizons: [0, 2, 10] },
    );
    expectWeights(weightsOf(profile, 0), { p3: 1, p2: 1, p1: 1 });
    expectWeights(weightsOf(profile, 1), { p3: 1, p2: faded(1, 2), p1: faded(2, 2) });
    expectWeights(weightsOf(profile, 2), { p3: 1, p2: faded(1, 10), p1: faded(2, 10) });
  });

  it("gives interactions of one instant one place, and the next one stands behind all of them", () => {
    const profile = profileOf(
      [
        ["p3", 3],
        ["p2", 3],
        ["p1", 3],
        ["p0", 1],
      ],
      { horizons: [2] },
    );
    expectWeights(weightsOf(profile), { p3: 1, p2: 1, p1: 1, p0: faded(3, 2) });
  });

  it("gives all of unknown time one place behind the known ones", () => {
    const profile = profileOf(
      [
        ["p3", 3],
        ["p2", 2],
        ["p1", UNKNOWN],
        ["p0", UNKNOWN],
      ],
      { horizons: [40] },
    );
    expectWeights(weightsOf(profile), { p3: 1, p2: faded(1, 40), p1: faded(2, 40) / 16, p0: faded(2, 40) / 16 });
  });

  it("counts everything alike where no time is known at all", () => {
    expectWeights(
      weightsOf(
        profileOf(
          [
            ["p1", UNKNOWN],
            ["p0", UNKNOWN],
          ],
          { horizons: [1] },
        ),
      ),
      { p1: 1, p0: 1 },
    );
  });

  it("takes what happens right now as newest, the cart before the views, the last view before the first", () => {
    const context = { cartProductIds: ["p9"], viewedProductIds: ["p7", "p8"] };
    const profile = profileOf(
      [
        ["p1", 1],
        ["p0", 0],
      ],
      { horizons: [3], context },
    );
    const inCart = DEFAULT_SETTINGS["action.add_to_cart"];
    expectWeights(weightsOf(profile), {
      p9: inCart,
      p8: faded(1, 3),
      p7: faded(2, 3),
      p1: faded(3, 3),
      p0: faded(4, 3),
    });
    expect(profile.evidence).toEqual(["inCart", "viewed", "viewed", "viewed", "viewed"]);
    expect(profile.nEvents).toBe(5);
  });

  it("does not count what says nothing or is no product here as newer", () => {
    const profile = profileOf(
      [
        ["p3", 3, "other"],
        ["gone", 2],
        ["p1", 1],
        ["p0", 0],
      ],
      { horizons: [2] },
    );
    expectWeights(weightsOf(profile), { p1: 1, p0: faded(1, 2) });
    expect(profile.nEvents).toBe(2);
  });

  it("sums what a product was given, each with its own place, the firmest evidence standing", () => {
    const profile = profileOf(
      [
        ["p1", 2],
        ["p0", 1],
        ["p1", 0, "purchase"],
      ],
      { horizons: [2] },
    );
    expectWeights(weightsOf(profile), { p1: 1 + 5 * faded(2, 2), p0: faded(1, 2) });
    expect(profile.evidence).toEqual(["bought", "viewed"]);
    expect([...profile.product]).toEqual([catalogue.indexOf("p1"), catalogue.indexOf("p0")]);
  });

  it("halves by age whatever the horizon, counted from the profile's own newest", () => {
    const profile = profileOf(
      [
        ["p1", 20],
        ["p0", 10],
      ],
      { horizons: [0, 1], halfLifeDays: 10 },
    );
    expectWeights(weightsOf(profile, 0), { p1: 1, p0: 0.5 });
    expectWeights(weightsOf(profile, 1), { p1: 1, p0: 0.5 * faded(1, 1) });
    const later = profileOf(
      [
        ["p1", 5020],
        ["p0", 5010],
      ],
      { horizons: [0, 1], halfLifeDays: 10 },
    );
    expect(later).toEqual(profile);
  });

  it("keeps objections negative", () => {
    expectWeights(
      weightsOf(
        profileOf([
          ["p1", 1, "dislike"],
          ["p0", 0],
        ]),
      ),
      { p1: -5, p0: 1 },
    );
  });

  it("drops what is below a twentieth of the largest at that horizon, and there only", () => {
    const steps = Array.from({ length: 6 }, (_, n): Step => [`p${n}`, -n]);
    const profile = profileOf(steps, { horizons: [0, 1] });
    expect([...profile.weights[0]]).toEqual([1, 1, 1, 1, 1, 1]);
    expect([...profile.weights[1]].filter((weight) => weight > 0)).toHaveLength(3);
  });

  it("holds the hundred heaviest products of a long history, and more only where they weigh the same", () => {
    const steps = Array.from({ length: 150 }, (_, n): Step => [`p${n}`, -n]);
    const { weights, product: products } = profileOf(steps, { horizons: [0, 200] });
    expect(products).toHaveLength(150);
    expect([...weights[1]].map((weight) => weight > 0)).toEqual(steps.map((_, n) => n < 100));
    expect(weights[0].every((weight) => weight === 1)).toBe(true);
  });

  it("is empty for nobody, and one product for a product page", () => {
    expect(profileOf([], { horizons: [0, 5] })).toEqual(emptyProfile(2));
    const page = productProfile(3, 2);
    expect(page).toMatchObject({ evidence: ["subject"], nEvents: 1, hasHistory: false });
    expect(page.weights.map((weight) => [...weight])).toEqual([[1], [1]]);
    expect(productProfile(-1, 2)).toEqual(emptyProfile(2));
  });

  it("knows whether there is a past and what kind of shopper it is", () => {
    const context = { cartProductIds: [], viewedProductIds: ["p1"] };
    expect(profileOf([], { context }).hasHistory).toBe(false);
    expect(profileOf([["p0", 0]], { context }).hasHistory).toBe(true);
    const options = { weightOf: interactionWeight(DEFAULT_SETTINGS), halfLifeDays: 60, horizons: [0], weightPower: 1 };
    expect(shopperProfile(historyOf([], ["age=20–29"]), null, catalogue, options).segments).toEqual(["age=20–29"]);
  });
});

describe("what one action says next to another", () => {
  const steps: readonly Step[] = [
    ["p3", 3, "purchase"],
    ["p2", 2, "view"],
    ["p1", 1, "dislike"],
  ];
  const { "action.purchase": purchase, "action.view": view, "action.dislike": dislike } = DEFAULT_SETTINGS;

  it("is what the settings say, less at a smaller power and more at a larger one", () => {
    expect(purchase).toBeGreaterThan(view);
    expectWeights(weightsOf(profileOf(steps)), { p3: purchase, p2: view, p1: dislike });
    expectWeights(weightsOf(profileOf(steps, { weightPower: 0 })), { p3: 1, p2: 1, p1: -1 });
    const squared = weightsOf(profileOf(steps.slice(0, 1), { weightPower: 2 }));
    expectWeights(squared, { p3: purchase ** 2 });
  });

  it("holds for what is done right now, too", () => {
    const context = { cartProductIds: ["p1"], viewedProductIds: ["p2"] };
    expectWeights(weightsOf(profileOf([], { context, weightPower: 0 })), { p1: 1, p2: 1 });
  });
});
