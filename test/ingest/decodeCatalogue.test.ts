import { describe, expect, it } from "vitest";
import { isSellable, type ProductChange } from "../../src/domain/product.js";
import { decodeProduct } from "../../src/ingest/decodeProduct.js";
import { decodeUser } from "../../src/ingest/decodeUser.js";
import { Rejection } from "../../src/ingest/rejection.js";

function product(raw: Record<string, unknown>) {
  const decoded = decodeProduct({ product_id: "p", ...raw });
  return decoded instanceof Rejection ? decoded.reason : decoded.product;
}

function user(raw: Record<string, unknown>) {
  const decoded = decodeUser({ user_id: "u", ...raw });
  return decoded instanceof Rejection ? decoded.reason : decoded.user;
}

describe("products", () => {
  it("every attribute is read, trimmed, and the category path stays one text", () => {
    const texts = {
      name: " Teapot ",
      category: "Home > Kitchen",
      description: "d",
      brand: "b",
      image_url: "http://x/y",
    };
    expect(product({ ...texts, tags: "tea| pot ||tea", price: "2.50" })).toEqual({
      productId: "p",
      name: "Teapot",
      category: "Home > Kitchen",
      description: "d",
      brand: "b",
      imageUrl: "http://x/y",
      tags: ["tea", "pot"],
      price: 2.5,
    });
  });

  it("what is empty is null or none, and tags may be a list", () => {
    const empty = { name: null, category: null, description: null, brand: null, imageUrl: null, price: null };
    const raw = { name: " ", category: "", description: null, brand: "", image_url: null, price: "", available: "" };
    expect(product({ ...raw, tags: ["a", "b"] })).toEqual({
      ...empty,
      productId: "p",
      tags: ["a", "b"],
      isAvailable: null,
    });
    expect(product({ tags: "" })).toStrictEqual({ productId: "p", tags: [] });
  });

  it("what the row has no field for is not named", () => {
    expect(product({})).toStrictEqual({ productId: "p" });
    expect(product({ price: 2 })).toStrictEqual({ productId: "p", price: 2 });
  });

  it("a product without an id is refused", () => {
    expect(product({ product_id: "" })).toBe("missing_product_id");
    expect(product({ product_id: "a\0" })).toBe("bad_id");
    expect(decodeProduct([] as never)).toMatchObject({ reason: "not_an_object" });
  });

  it("a price is 0 or more", () => {
    expect(product({ price: 0 })).toMatchObject({ price: 0 });
    expect(product({ price: -0.01 })).toBe("negative_price");
    for (const bad of ["NaN", Number.NaN, "free", Number.POSITIVE_INFINITY])
      expect(product({ price: bad })).toBe("bad_number");
  });

  it.each([
    [true, true],
    ["Yes", true],
    [1, true],
    ["0", false],
    ["no", false],
    [false, false],
  ])("available %s says %s", (available, isAvailable) => {
    expect(product({ available, stock: 5 })).toMatchObject({ isAvailable });
  });

  it("stock decides only where available says nothing", () => {
    const sellable = (fields: Record<string, unknown>) => {
      const { isAvailable, stock } = product(fields) as ProductChange;
      return isSellable(isAvailable, stock);
    };
    expect(sellable({ stock: 0 })).toBe(false);
    expect(sellable({ stock: "-3", available: "" })).toBe(false);
    expect(sellable({ stock: "", available: "" })).toBe(true);
    expect(sellable({ stock: 0, available: true })).toBe(true);
    expect(product({ available: "perhaps" })).toBe("bad_available");
    expect(product({ stock: "many" })).toBe("bad_number");
  });

  it.each(["name", "category", "description", "brand", "image_url", "tags"])(
    "%s with NUL or half a character is refused",
    (field) => {
      expect(product({ [field]: "a\0b" })).toBe("bad_text");
      expect(product({ [field]: "a\ud83d" })).toBe("bad_text");
      expect(product({ [field]: { a: 1 } })).toBe("bad_text");
    },
  );
});

describe("users", () => {
  it("every other column is an attribute, empty ones are left out", () => {
    expect(user({ age: 24, gender: "F", member: true, city: "" })).toEqual({
      userId: "u",
      attributes: { age: "24", gender: "F", member: "true" },
    });
  });

  it("a user without an id, or with text that cannot be stored, is refused", () => {
    expect(user({ user_id: null })).toBe("missing_user_id");
    expect(user({ city: "a\0" })).toBe("bad_text");
    expect(user({ "ci\0ty": "a" })).toBe("bad_text");
    expect(user({ tastes: ["a"] })).toBe("bad_text");
  });
});
