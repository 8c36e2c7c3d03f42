import { describe, expect, it } from "vitest";
import { ACTION } from "../../src/domain/interaction.js";
import type { InteractionLog } from "../../src/signals/interactionLog.js";
import { chooseSlice } from "../../src/training/slice/chooseSlice.js";
import type { HeldOutCase, Slice, SliceRules } from "../../src/training/slice/slice.js";
import { signalInput } from "../signals/signalInput.js";
import { type Deed, deed, Shop } from "../worlds/shop.js";
import { changingShop, trailShop, visitsShop } from "./sliceWorlds.js";

const RULES: SliceRules = { excludesPurchased: true, excludesSeen: false, maxCases: 8000 };

/** The slice of a world in the world's own words. */
function sliceOf(shop: Shop, rules: Partial<SliceRules> = {}) {
  const { log, productIds } = signalInput(shop);
  const users = [...shop.table().shoppers.texts].sort();
  const slice = chooseSlice(log, { ...RULES, ...rules });
  if (slice === null) throw new Error("the world can be parted");
  const idsOf = (products: Iterable<number>) => Array.from(products, (p) => productIds[p]);
  const caseOf = (user: string) => {
    const found = slice.cases.find((one) => users[one.shopper] === user);
    if (found === undefined) return null;
    return { visible: idsOf(found.visible.map((row) => log.product[row])), targets: idsOf(found.targets) };
  };
  return { slice, log, caseOf };
}

/** `nBack` shoppers who come back after the cut; the others have `nOnce` interactions long before it. */
function comingBack(nBack: number, nStaying: number, nOnce: number): Shop {
  const deeds: Deed[] = [];
  for (let shopper = 0; shopper < nBack + nStaying; shopper++) {
    const isBack = shopper < nBack;
    for (let n = 0; n < (isBack ? 2 : nOnce); n++) deeds.push(deed(`u${shopper}`, `p${n}`, { day: shopper / 100 }));
    if (!isBack) continue;
    for (let n = 0; n < 2; n++) deeds.push(deed(`u${shopper}`, `q${n}`, { day: 100 + n + shopper / 1000 }));
  }
  return new Shop([], deeds);
}

/** Visits of three views; `nBack` visitors come again much later. */
function visitors(nVisitors: number, nBack: number): Shop {
  const deeds: Deed[] = [];
  for (let visitor = 0; visitor < nVisitors; visitor++) {
    for (let n = 0; n < 3; n++)
      deeds.push(deed(`v${visitor}`, `p${(visitor + n) % 9}`, { day: visitor / 100 + n / 1440, action: "view" }));
    if (visitor < nBack) deeds.push(deed(`v${visitor}`, "p0", { day: 100, action: "view" }));
  }
  return new Shop([], deeds);
}

function expectNothingLeaks({ isHidden, cases }: Slice, log: InteractionLog): void {
  const isOwn = (one: HeldOutCase, row: number) => row >= log.start[one.shopper] && row < log.start[one.shopper + 1];
  for (const one of cases) {
    expect(one.targets.length).toBeGreaterThan(0);
    expect([...one.visible].every((row) => isOwn(one, row))).toBe(true);
    const hidden = new Set<number>();
    for (let row = log.start[one.shopper]; row < log.start[one.shopper + 1]; row++)
      if (isHidden[row] === 1) hidden.add(log.product[row]);
    expect([...one.targets].every((target) => hidden.has(target))).toBe(true);
  }
}

describe("the kind of a slice", () => {
  it("is a time cut from 500 shoppers who come back on", () => {
    const { slice } = sliceOf(changingShop(666));
    expect(slice).toMatchObject({ kind: "time", counts: { nRecurring: 500, nRepeatersBefore: 666, nCases: 500 } });
    const { slice: fewer } = sliceOf(changingShop(665));
    expect(fewer).toMatchObject({ kind: "lastEvent", counts: { nRecurring: 499, nRepeatersBefore: 665 } });
  });

  it("is a time cut only where a fifth of the repeaters come back", () => {
    const { slice: fewRepeaters } = sliceOf(comingBack(540, 2160, 1));
    expect(fewRepeaters.kind).toBe("time");
    const { slice: manyRepeaters } = sliceOf(comingBack(540, 2161, 2));
    expect(manyRepeaters.kind).toBe("lastEvent");
    expect(manyRepeaters.counts.nRecurring).toBeGreaterThanOrEqual(500);
    expect(manyRepeaters.counts.nRecurring).toBeLessThan(0.2 * manyRepeaters.counts.nRepeatersBefore);
  });

  it("is session prefixes where fewer than 5 % of 500 ids and more come again", () => {
    // One visit lies across the cut, so it counts as coming again too.
    expect(sliceOf(visitors(500, 23)).slice).toMatchObject({ kind: "sessionPrefix", counts: { nRecurringIds: 24 } });
    expect(sliceOf(visitors(500, 24)).slice).toMatchObject({ kind: "lastEvent", counts: { nRecurringIds: 25 } });
    expect(sliceOf(visitors(499, 23)).slice.kind).toBe("lastEvent");
  });

  it("is a random fifth where most times are unknown", () => {
    const withTimes = (share: number) => {
      const deeds = Array.from({ length: 200 }, (_, n) =>
        deed(`u${Math.floor(n / 10)}`, `p${n % 10}`, { day: n % 10 < 10 * share ? n % 10 : undefined }),
      );
      return sliceOf(new Shop([], deeds)).slice.kind;
    };
    expect(withTimes(0)).toBe("randomFifth");
    expect(withTimes(0.4)).toBe("randomFifth");
    expect(withTimes(0.5)).toBe("lastEvent");
  });

  it("is none where no shopper has two choices to part", () => {
    const choose = (deeds: Deed[]) => chooseSlice(signalInput(new Shop([], deeds)).log, RULES);
    expect(choose([])).toBeNull();
    expect(choose([deed("u", "x"), deed("v", "y", { day: 3 })])).toBeNull();
    expect(choose([deed("u", "x", { day: undefined })])).toBeNull();
  });

  it("stands in the model's header with the counts that decided", async () => {
    const { facts } = await trailShop(20).train();
    const counts = { nRepeatersBefore: 20, nRecurring: 20, nIds: 20, nRecurringIds: 20, nCases: 20 };
    expect(facts.slice).toEqual({ kind: "lastEvent", counts });
  });
});

describe("what is held out", () => {
  it.each([
    ["time", changingShop(700)],
    ["lastEvent", changingShop(100)],
    ["sessionPrefix", visitsShop(600)],
    ["randomFifth", trailShop(100, () => undefined)],
  ])("by %s holds every right answer in a hidden row, and no hidden row in a profile", (kind, shop) => {
    const { slice, log } = sliceOf(shop);
    expect(slice.kind).toBe(kind);
    expect(slice.cases.length).toBeGreaterThanOrEqual(100);
    expectNothingLeaks(slice, log);
    if (kind === "sessionPrefix") return;
    for (const one of slice.cases) for (const row of one.visible) expect(slice.isHidden[row]).toBe(0);
  });

  it("by time is everything from one moment on, whoever did it", () => {
    const { slice, log } = sliceOf(changingShop(700));
    const hidden = log.timeMs.filter((_, row) => slice.isHidden[row] === 1);
    const shown = log.timeMs.filter((_, row) => slice.isHidden[row] === 0);
    expect(Math.max(...shown)).toBeLessThan(Math.min(...hidden));
    expect(hidden.length / log.timeMs.length).toBeCloseTo(0.15, 2);
  });

  it("of a session are all its rows, though each step of it is asked in turn", () => {
    const { slice, log } = sliceOf(visitors(600, 0));
    const [{ shopper }] = slice.cases;
    const own = slice.cases.filter((one) => one.shopper === shopper);
    expect(own.map((one) => one.visible.length).sort()).toEqual([1, 2]);
    expect([...slice.isHidden.subarray(log.start[shopper], log.start[shopper + 1])]).toEqual([1, 1, 1]);
    expect(slice.counts).toMatchObject({ nSessions: 60, nCases: 120 });
  });

  it("of sessions are the newest", () => {
    const { slice, log } = sliceOf(visitors(600, 0));
    const oldestAsked = Math.min(...slice.cases.map((one) => log.timeMs[one.visible[0]]));
    const days = (oldestAsked - log.timeMs[log.start[0]]) / 86_400_000;
    expect(days).toBeCloseTo(5.4, 6);
  });

  it("of sessions is none of unknown time while there are others", () => {
    const shop = visitors(900, 0);
    const untimed = (user: string) => Number(user.slice(1)) % 3 === 0;
    const rows = shop.rows.map((row) => (untimed(row.deed.user) ? { ...row, timeMs: Number.NaN } : row));
    const { slice, log } = sliceOf(shop.withRows(rows));
    expect(slice.kind).toBe("sessionPrefix");
    for (const one of slice.cases) expect(log.timeMs[one.visible[0]]).toBeGreaterThan(0);
    const oldestAsked = Math.min(...slice.cases.map((one) => log.timeMs[one.visible[0]]));
    const nNewer = new Set(rows.filter((row) => row.timeMs >= oldestAsked).map((row) => row.deed.user)).size;
    expect(nNewer).toBe(slice.counts.nSessions);
  });

  it("at random is a fifth of every shopper's products, whatever their number below five nothing", () => {
    const chosen = (n: number) => Array.from({ length: n }, (_, p) => deed(`u${n}`, `p${p}`, { day: undefined }));
    const { slice, caseOf } = sliceOf(new Shop([], [4, 5, 14].flatMap(chosen)));
    expect(slice.counts.nCases).toBe(2);
    expect(caseOf("u4")).toBeNull();
    expect(caseOf("u5")).toMatchObject({ targets: { length: 1 }, visible: { length: 4 } });
    expect(caseOf("u14")).toMatchObject({ targets: { length: 2 }, visible: { length: 12 } });
  });

  it("is the last choice alone, what came after it without being one stays", () => {
    const shop = new Shop(
      [],
      [deed("u", "a", { day: 0 }), deed("u", "b", { day: 1 }), deed("u", "c", { day: 2, action: "dislike" })],
    );
    expect(sliceOf(shop).caseOf("u")).toEqual({ visible: ["a", "c"], targets: ["b"] });
  });

  it("is the whole last order where orders are large", () => {
    const order = (name: string, day: number, products: string[]) =>
      products.map((id) => deed("u", id, { day, order: name }));
    const large = new Shop([], [...order("1", 0, ["a", "b", "c", "d"]), ...order("2", 5, ["e", "f", "g", "h"])]);
    const asked = sliceOf(large).caseOf("u");
    expect(asked?.visible.sort()).toEqual(["a", "b", "c", "d"]);
    expect(asked?.targets.sort()).toEqual(["e", "f", "g", "h"]);
    const small = new Shop([], [...order("1", 0, ["a", "b", "c"]), ...order("2", 5, ["e", "f", "g"])]);
    expect(sliceOf(small).caseOf("u")).toMatchObject({ visible: { length: 5 }, targets: { length: 1 } });
  });
});

describe("a right answer", () => {
  /** Ten shoppers look at two products, the first `nBuyers` of them bought another in between. */
  const lookers = (nBuyers: number) =>
    Array.from({ length: 10 }, (_, n) => [
      deed(`u${n}`, "first", { day: 0, action: "view" }),
      ...(n < nBuyers ? [deed(`u${n}`, "bought", { day: 1 })] : []),
      deed(`u${n}`, "second", { day: 2, action: "view" }),
    ]).flat();

  it("is a purchase where a fifth of the shoppers buy, else whatever was chosen", () => {
    expect(sliceOf(new Shop([], lookers(2))).caseOf("u0")?.targets).toEqual(["bought"]);
    expect(sliceOf(new Shop([], lookers(2))).caseOf("u5")).toBeNull();
    expect(sliceOf(new Shop([], lookers(1))).caseOf("u0")?.targets).toEqual(["second"]);
  });

  /** The shop that comes back, its last purchase after the cut being what they bought or looked at before. */
  const repeating = (action: string) =>
    new Shop(
      [],
      changingShop(700).rows.map(({ deed: one }) => {
        if (one.product.startsWith("age 0")) return { ...one, product: "known", action };
        return one.product.startsWith("age 4") ? { ...one, product: "known" } : one;
      }),
    );

  it.each([
    ["purchase", { excludesPurchased: true, excludesSeen: false }, false],
    ["purchase", { excludesPurchased: false, excludesSeen: false }, true],
    ["view", { excludesPurchased: true, excludesSeen: false }, true],
    ["view", { excludesPurchased: false, excludesSeen: true }, false],
    ["purchase", { excludesPurchased: false, excludesSeen: true }, false],
  ])("may not be what a list leaves out: a %s before, %o", (action, rules, isAsked) => {
    const { log } = signalInput(repeating(action));
    const slice = chooseSlice(log, { ...RULES, ...rules });
    if (isAsked) expect(slice).toMatchObject({ kind: "time", counts: { nCases: 525 } });
    else expect(slice).toBeNull();
  });

  it("hides with the earlier purchases that would keep it out of the list", () => {
    const shop = new Shop([], [deed("u", "a", { day: 0 }), deed("u", "b", { day: 1 }), deed("u", "a", { day: 2 })]);
    const { slice, log, caseOf } = sliceOf(shop);
    expect(caseOf("u")).toEqual({ visible: ["b"], targets: ["a"] });
    expect([...slice.isHidden]).toEqual([1, 0, 1]);
    expect(log.action[0]).toBe(ACTION.purchase);
    expect(sliceOf(shop, { excludesPurchased: false }).caseOf("u")).toEqual({ visible: ["a", "b"], targets: ["a"] });
  });
});

describe("the cases of a slice", () => {
  it.each([changingShop(700), changingShop(100), visitsShop(600), trailShop(100, () => undefined)])(
    "are the same whatever the order in which interactions came",
    (shop) => {
      const shuffled = shop.withRows([...shop.rows].sort((a, b) => (a.eventKey < b.eventKey ? -1 : 1)));
      expect(sliceOf(shuffled).slice).toEqual(sliceOf(shop).slice);
    },
  );

  it("are thinned by a hash, all of them counted", () => {
    const all = sliceOf(changingShop(700)).slice;
    const few = sliceOf(changingShop(700), { maxCases: 50 }).slice;
    expect(few.cases).toEqual(all.cases.slice(0, 50));
    expect(few.counts).toEqual(all.counts);
    expect(few.isHidden).toEqual(all.isHidden);
    const shoppers = few.cases.map((one) => one.shopper);
    expect(shoppers).not.toEqual([...shoppers].sort((a, b) => a - b));
  });
});
