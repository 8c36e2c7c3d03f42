import { beforeEach, describe, expect, test } from "vitest";
import type { ProductChange, ProductUpdate } from "../../src/domain/product.js";
import { seededRandom } from "../../src/scorer/seededRandom.js";
import { createBulkWriter } from "../../src/store/bulkWriter.js";
import { createCatalogueSource } from "../../src/store/catalogueSource.js";
import { inTransaction } from "../../src/store/database.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { applyProductUpdates } from "../../src/store/productUpdateWriter.js";
import { createLoneDatabase } from "../tools/testDatabase.js";
import { catalogueProduct, interaction } from "./interactions.js";

// A change is told twice while a transaction is open that is older: those of other files would be such.
const database = await createLoneDatabase();
const files = createBulkWriter(database);
const source = createCatalogueSource(database);

beforeEach(async () => {
  await database.pool.query("TRUNCATE interactions, interaction_receipts, products");
});

const apply = (...updates: ProductUpdate[]) =>
  inTransaction(database.pool, (client) => applyProductUpdates(client, updates));

function update(version: number, more: Omit<ProductChange, "productId"> = {}, productId = "cup"): ProductUpdate {
  return { change: { productId, ...more }, isDeleted: false, version, sentAtMs: version };
}

const deletion = (version: number): ProductUpdate => ({ ...update(version), isDeleted: true });
const tombstone = (sentAtMs: number): ProductUpdate => ({ ...deletion(0), version: null, sentAtMs });

async function cup() {
  const { products } = await source.loadProducts();
  return products.find(({ productId }) => productId === "cup");
}

test("an update names what it changes, and the rest stays as a file or an earlier one had it", async () => {
  await files.writeProducts([catalogueProduct("cup", { price: 2 })]);
  expect(await apply(update(1, { price: 3 }), update(1, { name: "New" }, "new"))).toEqual({ applied: 2, stale: 0 });
  expect(await cup()).toMatchObject({ name: "The cup", price: 3, isStub: false });
  expect(await apply(update(2, { name: null, tags: [] }))).toEqual({ applied: 1, stale: 0 });
  expect(await cup()).toMatchObject({ name: null, tags: [], price: 3 });
});

test("what is older than the stored version, or as old, changes nothing and is no change for replicas", async () => {
  await apply(update(5, { price: 5 }));
  const { position } = await source.loadProducts();
  expect(await apply(update(4, { price: 4 }), update(5, { price: 6 }))).toEqual({ applied: 0, stale: 2 });
  expect(await cup()).toMatchObject({ price: 5 });
  const { products } = await source.loadChanges(position);
  expect(products).toEqual([]);
});

test("several updates of one product count in the order of their versions, those before the stored one not at all", async () => {
  await apply(update(2, { name: "two" }));
  const updates = [update(4, { price: 4 }), update(1, { name: "one" }), update(3, { price: 3, brand: "B" })];
  expect(await apply(...updates)).toEqual({ applied: 2, stale: 1 });
  expect(await cup()).toMatchObject({ name: "two", price: 4, brand: "B" });
});

describe("deletions", () => {
  test("a deleted product keeps its version: what comes late does not bring it back, what is newer does", async () => {
    await apply(update(1, { name: "cup" }), deletion(3));
    expect(await cup()).toMatchObject({ isDeleted: true });
    expect(await apply(update(2, { name: "late" }))).toEqual({ applied: 0, stale: 1 });
    expect(await cup()).toMatchObject({ isDeleted: true });
    await apply(update(4));
    expect(await cup()).toMatchObject({ isDeleted: false, name: "cup" });
  });

  test("a product that was deleted before it was heard of stays deleted", async () => {
    await apply(deletion(3));
    await apply(update(2, { name: "late" }));
    expect(await cup()).toMatchObject({ isDeleted: true, isStub: false });
  });

  test("a message without a body deletes what was sent before it, in whatever order both come", async () => {
    await apply(tombstone(20));
    await apply({ ...update(1), sentAtMs: 10 });
    expect(await cup()).toMatchObject({ isDeleted: true });
    await apply({ ...update(2), sentAtMs: 30 });
    expect(await apply(tombstone(20))).toEqual({ applied: 0, stale: 1 });
    expect(await cup()).toMatchObject({ isDeleted: false });
  });
});

describe("stock", () => {
  test.each([
    ["decides while nobody says more", [{ stock: 0 }], false],
    ["that comes back shows the product again", [{ stock: 0 }, { stock: 5 }], true],
    ["does not show what was said to be unavailable", [{ isAvailable: false, stock: 0 }, { stock: 5 }], false],
    ["may be none where the product is said to be available", [{ isAvailable: true, stock: 0 }], true],
    ["that is told later decides again", [{ isAvailable: true, stock: 5 }, { stock: 0 }], false],
    ["decides again once nobody says more", [{ isAvailable: false, stock: 5 }, { isAvailable: null }], true],
  ])("%s", async (_, changes, isAvailable) => {
    for (const [i, change] of changes.entries()) await apply(update(i + 1, change));
    expect(await cup()).toMatchObject({ isAvailable });
    await database.pool.query("TRUNCATE products");
    await apply(...changes.map((change, i) => update(i + 1, change)));
    expect(await cup()).toMatchObject({ isAvailable });
    await database.pool.query("TRUNCATE products");
    for (const change of changes) await files.writeProducts([{ productId: "cup", ...change }]);
    expect(await cup()).toMatchObject({ isAvailable });
  });
});

test("a stub that the catalogue names keeps its number and is new as of now", async () => {
  await createInteractionWriter(database).write([interaction({ productId: "cup" })]);
  await database.pool.query("UPDATE products SET added_at = '2020-01-01'");
  const stub = await cup();
  await apply(update(1, { name: "Cup" }));
  expect(await cup()).toMatchObject({ productNo: stub?.productNo, isStub: false, name: "Cup" });
  expect((await cup())?.addedAtMs).toBeGreaterThan(Date.UTC(2026, 0, 1));
});

test("a file goes on changing what it names, whatever the version, and updates go on after it", async () => {
  await apply(update(5, { price: 5 }));
  await files.writeProducts([{ productId: "cup", price: 9 }]);
  expect(await cup()).toMatchObject({ price: 9 });
  expect(await apply(update(4, { price: 4 }))).toEqual({ applied: 0, stale: 1 });
  await apply(update(6, { price: 6 }));
  expect(await cup()).toMatchObject({ price: 6 });
});

/** Whole states of the product, as a catalogue sends them, some of them deletions. */
const STATES = Array.from({ length: 12 }, (_, i) => ({
  ...update(i + 1, { name: `v${i + 1}`, price: i }),
  isDeleted: i % 4 === 3,
}));

test("whole states shuffled, repeated and cut into chunks anyhow give the newest", async () => {
  const random = seededRandom(5);
  for (let round = 0; round < 10; round++) {
    await database.pool.query("TRUNCATE products");
    const shuffled = [...STATES, ...STATES, tombstone(11.5)]
      .map((one) => ({ one, at: random() }))
      .sort((a, b) => a.at - b.at);
    for (let from = 0; from < shuffled.length; from += 5)
      await apply(...shuffled.slice(from, from + 5).map(({ one }) => one));
    expect(await cup()).toMatchObject({ name: "v12", price: 11, isDeleted: true });
  }
});

test("writers with the same products in opposite orders do not wait in a circle", async () => {
  const ids = Array.from({ length: 300 }, (_, i) => `p${i}`);
  const some = (version: number, order: string[]) =>
    apply(...order.map((id, i) => update(version, i % 2 === 0 ? { price: version } : { name: `v${version}` }, id)));
  await Promise.all([some(1, ids), some(2, ids.toReversed()), some(3, ids), some(4, ids.toReversed())]);
  const { rows } = await database.pool.query("SELECT DISTINCT version::int FROM products");
  expect(rows).toEqual([{ version: 4 }]);
});
