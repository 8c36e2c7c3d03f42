import { expect, it } from "vitest";
import { NEW_PRODUCT, type StoredProduct } from "../../src/domain/product.js";
import { ProductVersion } from "../../src/serving/productVersion.js";

function product(productNo: number, changes: Partial<StoredProduct> = {}): StoredProduct {
  const stored = { productNo, productId: `p${productNo}`, isStub: false, isDeleted: false, addedAtMs: 0 };
  return { ...NEW_PRODUCT, ...stored, ...changes };
}

function nameAfter(...batches: StoredProduct[][]): string {
  const version = new ProductVersion();
  for (const batch of batches) version.apply(batch);
  return version.name;
}

it("one state has one name, however it came about", () => {
  const [a, b] = [product(1), product(2, { price: 3 })];
  expect(nameAfter([a, b])).toBe(nameAfter([b], [product(1, { price: 9 })], [a]));
});

it("every change gives another name: hidden, deleted, another price, one product more", () => {
  const names = [
    nameAfter([product(1)]),
    nameAfter([product(1, { isAvailable: false })]),
    nameAfter([product(1, { isDeleted: true })]),
    nameAfter([product(1, { price: 1 })]),
    nameAfter([product(1), product(2)]),
    nameAfter([]),
  ];
  expect(new Set(names).size).toBe(names.length);
});
