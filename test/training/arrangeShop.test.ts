import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { Catalogue } from "../../src/serving/catalogue.js";
import { EMPTY_MODEL } from "../../src/serving/servedModel.js";
import { arrangeShop, type TrainingData } from "../../src/training/arrangeShop.js";
import { deed, product, Shop } from "../worlds/shop.js";

/** Which products the lists of a training may hold. */
function recommendable(products: TrainingData["products"], ...sold: string[]): string[] {
  const table = new Shop([], [deed("u", "tea"), ...sold.map((productId) => deed("u", productId))]).table();
  const { productIds, stored } = arrangeShop({ table, products, segments: new Map() }, DEFAULT_SETTINGS);
  const catalogue = new Catalogue({ ...EMPTY_MODEL, productIds }, stored);
  return productIds.filter((_, index) => catalogue.isRecommendable(index));
}

describe("the lists that a training learns from", () => {
  it("hold no product that only events have named, since none can ever be listed", () => {
    const stub = { ...product("ghost"), isStub: true };
    expect(recommendable([product("tea"), stub], "ghost")).toEqual(["tea"]);
  });

  it("hold none that the store no longer knows", () => {
    expect(recommendable([product("tea")], "deleted")).toEqual(["tea"]);
  });

  it("hold every product of a shop that has no catalogue", () => {
    const stubs = ["tea", "cup"].map((productId) => ({ ...product(productId), isStub: true }));
    expect(recommendable(stubs, "cup")).toEqual(["cup", "tea"]);
    expect(recommendable([], "cup")).toEqual(["cup", "tea"]);
  });
});
