import { beforeEach, describe, expect, test } from "vitest";
import type { CatalogueSnapshot } from "../../src/domain/ports.js";
import { NEW_PRODUCT } from "../../src/domain/product.js";
import { createBulkWriter } from "../../src/store/bulkWriter.js";
import { createCatalogueSource } from "../../src/store/catalogueSource.js";
import { inTransaction } from "../../src/store/database.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { createLoneDatabase, openTestDatabase } from "../tools/testDatabase.js";
import { catalogueProduct, interaction } from "./interactions.js";

// A change is told twice while a transaction is open that is older: those of other files would be such.
const database = await createLoneDatabase();
const writer = createBulkWriter(database);
const source = createCatalogueSource(database);

beforeEach(async () => {
  await database.pool.query("TRUNCATE interactions, interaction_receipts, products");
});

test("a product comes back as it was written", async () => {
  const teapot = catalogueProduct("teapot", {
    description: "line\nbreak",
    brand: "B",
    imageUrl: "u",
    isAvailable: false,
  });
  await writer.writeProducts([teapot]);
  const { products } = await source.loadProducts();
  expect(products).toEqual([expect.objectContaining({ ...teapot, isStub: false, isDeleted: false })]);
});

test("the same products again change nothing, and one that differs changes alone", async () => {
  const products = [catalogueProduct("teapot"), catalogueProduct("cup")];
  expect(await writer.writeProducts(products)).toEqual({ changed: 2 });
  expect(await writer.writeProducts(products)).toEqual({ changed: 0 });
  const { position } = await source.loadProducts();
  expect(await writer.writeProducts([products[0], catalogueProduct("cup", { price: null })])).toEqual({ changed: 1 });
  const { products: changed } = await source.loadChanges(position);
  expect(changed.map(({ productId, price }) => [productId, price])).toEqual([["cup", null]]);
});

test("of two rows with one id in a file the last stands", async () => {
  await writer.writeProducts([catalogueProduct("cup", { price: 1 }), catalogueProduct("cup", { price: 2 })]);
  expect((await source.loadProducts()).products.map(({ price }) => price)).toEqual([2]);
});

test("what a row does not name stays, null clears, and the same rows again change nothing", async () => {
  await writer.writeProducts([catalogueProduct("cup", { isAvailable: false }), catalogueProduct("pot")]);
  const rows = [{ productId: "cup", price: 9 }, { productId: "pot", name: null, tags: [] }, { productId: "new" }];
  expect(await writer.writeProducts(rows)).toEqual({ changed: 3 });
  expect(await writer.writeProducts(rows)).toEqual({ changed: 0 });
  const { products } = await source.loadProducts();
  const byId = new Map(products.map((product) => [product.productId, product]));
  expect(byId.get("cup")).toMatchObject(catalogueProduct("cup", { price: 9, isAvailable: false }));
  expect(byId.get("pot")).toMatchObject(catalogueProduct("pot", { name: null, tags: [] }));
  expect(byId.get("new")).toMatchObject({ ...NEW_PRODUCT, productId: "new", isStub: false });
});

test("of two rows with one id that name different attributes both count", async () => {
  await writer.writeProducts([
    { productId: "cup", price: 1, name: "Cup" },
    { productId: "cup", price: 2 },
  ]);
  expect((await source.loadProducts()).products).toMatchObject([{ name: "Cup", price: 2 }]);
});

test("a stub becomes a product of the catalogue and keeps its number", async () => {
  await createInteractionWriter(database).write([interaction({ productId: "cup" })]);
  const stub = (await source.loadProducts()).products[0];
  await writer.writeProducts([catalogueProduct("cup")]);
  const product = (await source.loadProducts()).products[0];
  expect([stub.isStub, product.isStub]).toEqual([true, false]);
  expect(product.productNo).toBe(stub.productNo);
});

test("a number is taken once, when a product is first named, however often the same products are sent", async () => {
  const numbersTaken = async () => {
    const { rows } = await database.pool.query("SELECT last_value::int AS n FROM products_product_no_seq");
    return rows[0].n;
  };
  const products = Array.from({ length: 50 }, (_, i) => catalogueProduct(`p${i}`));
  const before = await numbersTaken();
  await writer.writeProducts(products);
  await writer.writeProducts(products.map((product) => ({ ...product, price: 9 })));
  await writer.writeInteractions(products.map(({ productId }) => interaction({ productId })));
  await createInteractionWriter(database).write([interaction({ productId: "p0", userId: "bob" })]);
  expect(await numbersTaken()).toBe(before + 50);
});

test("two writers of the same products at once both succeed, and each product has one row", async () => {
  const products = Array.from({ length: 300 }, (_, i) => catalogueProduct(`p${i}`));
  const dearer = products.map((product) => ({ ...product, price: 9 }));
  const other = createBulkWriter(await openTestDatabase(database.url));
  for (let round = 0; round < 5; round++) {
    const results = await Promise.all([
      writer.writeProducts(products),
      other.writeProducts(dearer.toReversed()),
      createInteractionWriter(database).write(
        products.map(({ productId }) => interaction({ productId, value: round })),
      ),
    ]);
    expect(Math.max(results[0].changed, results[1].changed)).toBe(300);
  }
  const { products: stored } = await source.loadProducts();
  expect(stored.length).toBe(300);
  expect(stored.every(({ isStub, name }) => !isStub && name !== null)).toBe(true);
});

test("a change that commits after a later one was read is not missed", async () => {
  await writer.writeProducts([catalogueProduct("slow"), catalogueProduct("quick")]);
  const { position } = await source.loadProducts();
  const other = await openTestDatabase(database.url);
  const hide = (id: string) =>
    `UPDATE products SET is_available = false, changed_xid = pg_current_xact_id()::text::bigint WHERE product_id = '${id}'`;
  let afterQuick = position;
  await inTransaction(other.pool, async (slow) => {
    await slow.query(hide("slow"));
    await database.pool.query(hide("quick"));
    const seen = await source.loadChanges(position);
    expect(seen.products.map(({ productId }) => productId)).toEqual(["quick"]);
    afterQuick = seen.position;
  });
  const { products } = await source.loadChanges(afterQuick);
  expect(products.map(({ productId }) => productId)).toContain("slow");
});

describe("rows that bear the number of a transaction that this server has yet to reach, as out of a dump", () => {
  const FUTURE_SQL = "UPDATE products SET changed_xid = 1000000000000, is_available = NOT is_available";
  const namesOf = ({ products }: CatalogueSnapshot) => products.map(({ productId }) => productId).sort();

  test("are loaded, told as changed once, and not again", async () => {
    await writer.writeProducts([catalogueProduct("cup"), catalogueProduct("pot")]);
    const { position } = await source.loadProducts();
    await database.pool.query(FUTURE_SQL);
    expect(namesOf(await source.loadProducts())).toEqual(["cup", "pot"]);
    const changes = await source.loadChanges(position);
    expect(namesOf(changes)).toEqual(["cup", "pot"]);
    expect(namesOf(await source.loadChanges(changes.position))).toEqual([]);
  });

  test("are not missed when their transaction commits late, and are changes again when the catalogue changes them", async () => {
    await writer.writeProducts([catalogueProduct("slow"), catalogueProduct("quick")]);
    let { position } = await source.loadProducts();
    const other = await openTestDatabase(database.url);
    await inTransaction(other.pool, async (slow) => {
      await slow.query(`${FUTURE_SQL} WHERE product_id = 'slow'`);
      await database.pool.query(`${FUTURE_SQL} WHERE product_id = 'quick'`);
      const seen = await source.loadChanges(position);
      expect(namesOf(seen)).toEqual(["quick"]);
      position = seen.position;
    });
    const late = await source.loadChanges(position);
    expect(namesOf(late)).toContain("slow");
    expect(namesOf(await source.loadChanges(late.position))).toEqual([]);
    await writer.writeProducts([{ productId: "slow", price: 1 }]);
    expect(namesOf(await source.loadChanges(late.position))).toEqual(["slow"]);
  });
});

test("users keep their attributes, and the same users again change nothing", async () => {
  const users = [{ userId: "ann", attributes: { city: "Bern" } }];
  expect(await writer.writeUsers(users)).toEqual({ changed: 1 });
  expect(await writer.writeUsers(users)).toEqual({ changed: 0 });
  const { rows } = await database.pool.query("SELECT attributes FROM users");
  expect(rows).toEqual([{ attributes: { city: "Bern" } }]);
});
