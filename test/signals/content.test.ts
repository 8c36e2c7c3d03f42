import { describe, expect, it } from "vitest";
import { attributeTerms } from "../../src/signals/attributeTerms.js";
import { product, Shop } from "../worlds/shop.js";
import { fittedRow } from "./fittedRow.js";

const NAMES = [
  "WHITE HANGING HEART T-LIGHT HOLDER",
  "RED HANGING HEART T-LIGHT HOLDERS",
  "GLASS T-LIGHT HOLDER",
  "REGENCY CAKESTAND 3 TIER",
  "SWEETHEART CAKESTAND 3 TIER",
  "JUMBO BAG RED RETROSPOT",
];

describe("the content signal", () => {
  const shop = new Shop(
    NAMES.map((name) => product(name, { name })),
    [],
  );

  it("brings a T-light holder together with T-light holders, the most alike first", () => {
    const row = fittedRow(shop, "content", NAMES[0])?.map(([id]) => id);
    expect(row?.slice(0, 2)).toEqual([NAMES[1], NAMES[2]]);
    expect(row).not.toContain(NAMES[3]);
  });

  it("needs no interaction at all", () => {
    expect(fittedRow(shop, "content", NAMES[3])?.[0][0]).toBe(NAMES[4]);
  });

  it("is absent for products that nothing describes", () => {
    expect(fittedRow(new Shop([product("a"), product("b")], []), "content", "a")).toBeNull();
  });

  it("never reads the id as a description", () => {
    const anonymous = new Shop([product("mug-1"), product("mug-2"), product("x", { name: "Mug" })], []);
    expect(fittedRow(anonymous, "content", "mug-1") ?? []).toEqual([]);
  });

  it("tells near shelves from far ones by the category path", () => {
    const shelves = [
      product("mug", { category: "Home > Kitchen > Mugs" }),
      product("cup", { category: "Home > Kitchen > Mugs" }),
      product("pan", { category: "Home > Kitchen > Pans" }),
      product("sofa", { category: "Home > Living" }),
      product("bike", { category: "Sport" }),
    ];
    expect(fittedRow(new Shop(shelves, []), "content", "mug")?.map(([id]) => id)).toEqual(["cup", "pan", "sofa"]);
  });

  it("reads plural and singular as one word and keeps fields apart", () => {
    const terms = attributeTerms(product("p", { name: "Holders", tags: ["Red"], brand: "Red", price: 8 }));
    expect([...terms.keys()]).toEqual(["n:holder", "t:red", "b:red", "p:6"]);
  });
});
