import { describe, expect, it } from "vitest";
import { categoryTrend } from "../../src/signals/categoryTrend.js";
import { type Deed, deed, product, Shop } from "../worlds/shop.js";
import { rowOf, signalInput } from "./signalInput.js";

const PRODUCTS = [
  ...["mug", "cup", "bowl"].map((id) => product(id, { category: "Home > Kitchen" })),
  ...["lamp", "candle"].map((id) => product(id, { category: "Home>Light" })),
  product("spade", { category: "Garden" }),
  product("loose"),
];

/** `nTimes` buyers of a product on a day. */
function bought(productId: string, nTimes: number, day: number): Deed[] {
  return Array.from({ length: nTimes }, (_, n) => deed(`${productId} buyer ${n}`, productId, { day }));
}

const SALES = [
  ...bought("mug", 2, 30),
  ...bought("cup", 1, 23),
  ...bought("bowl", 4, 16),
  ...bought("lamp", 5, 30),
  ...bought("candle", 1, 30),
  ...bought("spade", 9, 30),
  ...bought("loose", 9, 30),
];

function rows(deeds: readonly Deed[], products = PRODUCTS, parameters = {}) {
  const input = signalInput(new Shop(products, deeds));
  const trend = categoryTrend.fit(input, { ...categoryTrend.defaults, ...parameters });
  return trend && new Map(trend.rows.map((name, row) => [name, rowOf(trend.matrix, row, input)]));
}

describe("the trend of a category", () => {
  it("ranks each shelf by what moves on it now, and a shelf of shelves by all of theirs", () => {
    const found = rows(SALES)!;
    expect(found.get("Home > Kitchen")?.map(([id]) => id)).toEqual(["mug", "bowl", "cup"]);
    expect(found.get("Home")?.map(([id]) => id)).toEqual(["lamp", "mug", "bowl", "candle", "cup"]);
  });

  it("gives shares: of a shelf's trend, each purchase fourteen days ago counts a quarter", () => {
    const shares = new Map(rows(SALES)!.get("Home > Kitchen"));
    expect(shares.get("mug")).toBeCloseTo(2 / 3.5, 6);
    expect(shares.get("bowl")).toBeCloseTo((4 * 0.25) / 3.5, 6);
  });

  it("has no row for a shelf where fewer than three products move", () => {
    expect([...rows(SALES)!.keys()]).toEqual(["Home", "Home > Kitchen"]);
    const stale = SALES.map((one) => (one.product === "bowl" ? { ...one, day: -1000 } : one));
    expect([...rows(stale)!.keys()]).toEqual(["Home"]);
  });

  it("keeps the k best without changing their shares", () => {
    const kept = rows(SALES, PRODUCTS, { k: 1 })!.get("Home > Kitchen")!;
    expect(kept).toEqual(rows(SALES)!.get("Home > Kitchen")!.slice(0, 1));
  });

  it("is absent without categories and without times", () => {
    expect(rows(SALES, [])).toBeNull();
    expect(rows(SALES.map((one) => ({ ...one, day: undefined })))).toBeNull();
  });
});
