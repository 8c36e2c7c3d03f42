import { expect, test } from "vitest";
import { ACTION } from "../../src/domain/interaction.js";
import { MAX_PROFILE_INTERACTIONS } from "../../src/domain/ports.js";
import { NEW_PRODUCT } from "../../src/domain/product.js";
import { MemoryHistories } from "../../src/evaluation/memoryHistories.js";
import { MemoryShop } from "../../src/evaluation/memoryShop.js";
import { catalogueProduct, interaction, NOW } from "../store/interactions.js";

const MINUTE_MS = 60_000;

async function shopWith(interactions: readonly ReturnType<typeof interaction>[]) {
  const shop = new MemoryShop(NOW);
  const result = await shop.writeInteractions(interactions);
  const histories = new MemoryHistories(shop);
  const numbers = new Map(shop.products().map(({ productNo, productId }) => [productNo, productId]));
  const idsOf = (productNo: Int32Array) => Array.from(productNo, (number) => numbers.get(number));
  return { shop, result, histories, idsOf };
}

test("an interaction counts once, within a chunk and over chunks", async () => {
  const { shop, result } = await shopWith([interaction(), interaction(), interaction({ productId: "cup" })]);
  expect(result).toMatchObject({ accepted: 2, duplicates: 1 });
  expect(await shop.writeInteractions([interaction()])).toMatchObject({ accepted: 0, duplicates: 1 });
  expect(shop.table.length).toBe(2);
});

test("products are numbered by first sight; a stub becomes a product when the catalogue names it", async () => {
  const { shop } = await shopWith([interaction({ productId: "cup" })]);
  await shop.writeProducts([catalogueProduct("teapot"), catalogueProduct("cup")]);
  expect(shop.products()).toMatchObject([
    { productId: "cup", productNo: 0, isStub: false, name: "The cup" },
    { productId: "teapot", productNo: 1, isStub: false },
  ]);
});

test("what a row of the catalogue does not name stays, and null clears", async () => {
  const shop = new MemoryShop(NOW);
  await shop.writeProducts([catalogueProduct("cup", { isAvailable: false })]);
  await shop.writeProducts([{ productId: "cup", price: 9, name: null }, { productId: "new" }]);
  expect(shop.products()).toMatchObject([
    catalogueProduct("cup", { price: 9, name: null, isAvailable: false }),
    { ...NEW_PRODUCT, productId: "new", productNo: 1, isStub: false },
  ]);
});

test("histories are read as the store reads them: newest first, unknown times last, visits by their own id", async () => {
  const { histories, idsOf } = await shopWith([
    interaction({ userId: "bob", productId: "cup", occurredAtMs: NOW - MINUTE_MS, value: 2 }),
    interaction({ userId: "bob", productId: "teapot", actionName: "view", occurredAtMs: NOW }),
    interaction({ userId: "bob", productId: "spade", occurredAtMs: null }),
    interaction({ userId: null, sessionId: "visit", productId: "rake" }),
  ]);
  const [bob, visit] = await histories.load(["bob", "visit"], "purchased");
  expect(idsOf(bob.productNo)).toEqual(["teapot", "cup", "spade"]);
  expect([...bob.action]).toEqual([ACTION.view, ACTION.purchase, ACTION.purchase]);
  expect([...bob.value]).toEqual([Number.NaN, 2, Number.NaN]);
  expect(visit.productNo.length).toBe(0);
  const [notBob, rake] = await histories.loadSessions(["bob", "visit"], "purchased");
  expect([idsOf(notBob.productNo), idsOf(rake.productNo)]).toEqual([[], ["rake"]]);
  expect([histories.isWarm("bob"), histories.isWarm("visit")]).toEqual([true, false]);
});

test("beyond the newest a history still knows what was asked for", async () => {
  const many = Array.from({ length: MAX_PROFILE_INTERACTIONS }, (_, i) =>
    interaction({ productId: `p${i}`, occurredAtMs: NOW - i }),
  );
  const { histories, idsOf } = await shopWith([
    ...many,
    interaction({ productId: "bought long ago", occurredAtMs: NOW - MINUTE_MS }),
    interaction({ productId: "viewed long ago", actionName: "view", occurredAtMs: NOW - 2 * MINUTE_MS }),
  ]);
  const [purchased] = await histories.load(["ann"], "purchased");
  const [seen] = await histories.load(["ann"], "seen");
  expect(purchased.productNo.length).toBe(MAX_PROFILE_INTERACTIONS);
  expect(idsOf(purchased.olderProducts)).toEqual(["bought long ago"]);
  expect(idsOf(seen.olderProducts)).toEqual(["bought long ago", "viewed long ago"]);
});
