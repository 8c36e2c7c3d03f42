import { describe, expect, it } from "vitest";
import { deed, Shop } from "../worlds/shop.js";
import { fittedRow } from "./fittedRow.js";

describe("the collaborative signal", () => {
  it("finds the withheld product of each circle and nothing of the other circle", () => {
    const deeds = [];
    for (let shopper = 0; shopper < 12; shopper++) {
      for (const product of ["a1", "a2", "a3"]) deeds.push(deed(`a${shopper}`, product));
      for (const product of ["b1", "b2", "b3"]) deeds.push(deed(`b${shopper}`, product));
    }
    const shop = new Shop([], deeds);
    expect(
      fittedRow(shop, "collaborative", "a1")
        ?.map(([id]) => id)
        .sort(),
    ).toEqual(["a2", "a3"]);
    expect(
      fittedRow(shop, "collaborative", "b2")
        ?.map(([id]) => id)
        .sort(),
    ).toEqual(["b1", "b3"]);
  });

  it("equals RP3beta computed by hand", () => {
    const shop = new Shop([], [deed("u", "x"), deed("u", "y"), deed("v", "x"), deed("v", "y"), deed("v", "z")]);
    const toY = (2 ** -0.6 + 3 ** -0.6) * 2 ** -0.5;
    const toZ = 3 ** -0.6 * 1 ** -0.5;
    const row = new Map(fittedRow(shop, "collaborative", "x"));
    expect(row.get("y")).toBeCloseTo(toY / (toY + toZ), 6);
    expect(row.get("z")).toBeCloseTo(toZ / (toY + toZ), 6);
  });

  it("is absent where no shopper chose two products", () => {
    expect(fittedRow(new Shop([], [deed("u", "x"), deed("v", "y")]), "collaborative", "x")).toBeNull();
  });

  it("does not learn from what shoppers disliked", () => {
    const shop = new Shop([], [deed("u", "x"), deed("u", "y"), deed("u", "bad", { action: "dislike" })]);
    expect(fittedRow(shop, "collaborative", "x")).toEqual([["y", 1]]);
  });
});
