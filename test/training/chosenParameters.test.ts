import { describe, expect, it } from "vitest";
import { changingShop, trailShop, visitsShop } from "./sliceWorlds.js";

/** Each slice has a world that it alone can solve: the other kinds of slice leave the defaults or choose otherwise. */
describe("parameters chosen on the slice", () => {
  it("take a short half-life from a time cut where the shop's products change", async () => {
    const { facts } = await changingShop(700).train();
    expect(facts.slice?.kind).toBe("time");
    expect(facts.signals.trending?.halfLifeDays).toBeLessThanOrEqual(4);
    expect(facts.signals.collaborative?.trendExponent).toBe(1);
  });

  it("know nothing of that where only last choices can be asked", async () => {
    const { facts } = await changingShop(300).train();
    expect(facts.slice?.kind).toBe("lastEvent");
    expect(facts.signals.trending?.halfLifeDays).toBe(7);
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
