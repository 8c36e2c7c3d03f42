import { describe, expect, it } from "vitest";
import type { Trial } from "../../src/training/tune.js";
import { deed, product, Shop } from "../worlds/shop.js";
import { changingShop, trailShop, visitsShop } from "./sliceWorlds.js";

/** Each slice has a world that it alone can solve: the other kinds of slice leave the defaults or choose otherwise. */
describe("parameters chosen on the slice", () => {
  it("take a short half-life from a time cut where the shop's products change", async () => {
    const { facts } = await changingShop(700).train();
    expect(facts.slice?.kind).toBe("time");
    expect(facts.signals.trending?.halfLifeDays).toBeLessThanOrEqual(4);
    expect(facts.signals.collaborative?.trendExponent).toBe(1);
  });

  it("know nothing of that where only last choices can be asked, but for the trend, which is asked what sold last", async () => {
    const { facts } = await changingShop(300).train();
    expect(facts.slice?.kind).toBe("lastEvent");
    expect(facts.signals.trending?.halfLifeDays).toBeLessThanOrEqual(4);
    expect(facts.signals.collaborative?.trendExponent).toBe(0);
  });

  it("take direction and a short horizon from last choices where only the last step says what follows", async () => {
    const { facts } = await trailShop(200).train();
    expect(facts.slice?.kind).toBe("lastEvent");
    expect(facts.signals.sequence).toMatchObject({ reversed: 0, horizon: 1 });
    expect(facts.signals.sequenceShort?.horizon).toBeLessThan(0.7);
  });

  it("know nothing of order where no time is known", async () => {
    const { facts } = await trailShop(200, () => undefined).train();
    expect(facts.slice?.kind).toBe("randomFifth");
    expect(facts.signals.sequence).toBeUndefined();
    expect(facts.signals.collaborative).toBeDefined();
  });

  it("take from session prefixes how soon a visitor returns to what they have just seen", async () => {
    const { facts } = await visitsShop(600).train();
    expect(facts.slice?.kind).toBe("sessionPrefix");
    expect(facts.signals.repeat?.horizon).toBeLessThanOrEqual(1.5);
  });

  it("know nothing of that where only a visit's last choice is asked, which is something new", async () => {
    const { facts } = await visitsShop(400).train();
    expect(facts.slice?.kind).toBe("lastEvent");
    expect(facts.signals.repeat?.horizon).toBe(3);
  });
});

describe("trending.halfLifeDays", () => {
  const halfLivesOf = async (shop: Shop, halfLifeDays: number) => {
    const settings = { ...shop.settings, "trending.halfLifeDays": halfLifeDays };
    const { facts } = await Object.assign(shop, { settings }).train();
    const { trending, categoryTrend } = facts.signals;
    const nTrials = (facts.trials as readonly Trial[]).filter(
      ({ signal, parameter }) => signal === "trending" && parameter === "halfLifeDays",
    ).length;
    return { trending: trending?.halfLifeDays, categoryTrend: categoryTrend?.halfLifeDays, nTrials };
  };
  const shelved = () => {
    const shop = changingShop(300);
    const ids = [...new Set(shop.rows.map((row) => row.deed.product))];
    return Object.assign(shop, { products: ids.map((id) => product(id, { category: id.slice(0, 5) })) });
  };

  it("is taken as the admin set it, without a trial, for the trend of categories too", async () => {
    expect(await halfLivesOf(shelved(), 45)).toEqual({ trending: 45, categoryTrend: 45, nTrials: 0 });
  });

  it("is for the training to choose when it is 0", async () => {
    const { trending, nTrials } = await halfLivesOf(changingShop(700), 0);
    expect(trending).toBeLessThanOrEqual(4);
    expect(nTrials).toBeGreaterThan(0);
  });

  it("is taken as it was set where nothing can be held out, too", async () => {
    const shop = new Shop([], [deed("u", "a", { day: 1 }), deed("v", "b", { day: 2 })]);
    expect(await halfLivesOf(shop, 45)).toMatchObject({ trending: 45 });
    expect(await halfLivesOf(shop, 0)).toMatchObject({ trending: 7 });
  });
});
