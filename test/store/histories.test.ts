import { expect, test } from "vitest";
import { ACTION } from "../../src/domain/interaction.js";
import { MAX_PROFILE_INTERACTIONS } from "../../src/domain/ports.js";
import { createBulkWriter } from "../../src/store/bulkWriter.js";
import { createShopperHistories } from "../../src/store/shopperHistories.js";
import { createTrainingSource } from "../../src/store/trainingSource.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { interaction, NOW } from "./interactions.js";

const database = await createTestDatabase();
const histories = createShopperHistories(database);
const DAY_MS = 86_400_000;

await createBulkWriter(database).writeInteractions([
  interaction({ eventId: "b1", userId: "bob", productId: "cup", occurredAtMs: NOW - 400 * DAY_MS, value: 2 }),
  interaction({ eventId: "b2", userId: "bob", productId: "teapot", actionName: "view", occurredAtMs: NOW }),
  interaction({ eventId: "b3", userId: "bob", productId: "spade", occurredAtMs: null }),
  interaction({ eventId: "b4", userId: "bob", productId: "early", occurredAtMs: Date.UTC(1971, 0, 2, 3, 4, 5, 678) }),
  ...Array.from({ length: MAX_PROFILE_INTERACTIONS + 20 }, (_, i) =>
    interaction({ eventId: `m${i}`, userId: "much", productId: `p${i}`, occurredAtMs: NOW - i * 60_000 }),
  ),
]);

async function productIds(numbers: Int32Array): Promise<string[]> {
  const { rows } = await database.pool.query("SELECT product_no, product_id FROM products");
  const idOf = new Map(rows.map((row) => [row.product_no, row.product_id]));
  return Array.from(numbers, (n) => idOf.get(n));
}

test("histories come in the order of the ids asked for, newest first, unknown times last", async () => {
  const [nobody, bob] = await histories.load(["nobody", "bob"], "purchased");
  expect(nobody.productNo.length).toBe(0);
  expect(await productIds(bob.productNo)).toEqual(["teapot", "cup", "early", "spade"]);
  expect([...bob.action]).toEqual([ACTION.view, ACTION.purchase, ACTION.purchase, ACTION.purchase]);
  expect([...bob.occurredAtMs]).toEqual([NOW, NOW - 400 * DAY_MS, Date.UTC(1971, 0, 2, 3, 4, 5, 678), Number.NaN]);
  expect([...bob.value]).toEqual([Number.NaN, 2, Number.NaN, Number.NaN]);
  expect(bob.olderProducts.length).toBe(0);
});

test("a long history is cut to the newest, but what was purchased before stays known", async () => {
  const [much] = await histories.load(["much"], "purchased");
  expect(much.productNo.length).toBe(MAX_PROFILE_INTERACTIONS);
  expect(much.occurredAtMs[0]).toBe(NOW);
  const older = await productIds(much.olderProducts);
  for (let i = 0; i < 20; i++) expect(older).toContain(`p${MAX_PROFILE_INTERACTIONS + i}`);
});

test("asked for what was seen, everything before the newest stays known, whatever was done with it", async () => {
  await createBulkWriter(database).writeInteractions([
    interaction({
      eventId: "v",
      userId: "much",
      productId: "viewed once",
      actionName: "view",
      occurredAtMs: NOW - DAY_MS,
    }),
  ]);
  const [purchased] = await histories.load(["much"], "purchased");
  const [seen] = await histories.load(["much"], "seen");
  expect(await productIds(purchased.olderProducts)).not.toContain("viewed once");
  expect(await productIds(seen.olderProducts)).toEqual(expect.arrayContaining(["viewed once", "p519"]));
});

test("one statement loads any number of shoppers", async () => {
  const statements: unknown[] = [];
  const pool = { query: (statement: unknown) => statements.push(statement) && database.pool.query(statement as never) };
  const counted = createShopperHistories({ ...database, pool: pool as never });
  await counted.load(
    Array.from({ length: 500 }, (_, i) => `u${i}`),
    "purchased",
  );
  expect(statements.length).toBe(1);
});

test("a visit is what happened in it without a shopper, newest first", async () => {
  await createBulkWriter(database).writeInteractions([
    interaction({ eventId: "s1", userId: null, sessionId: "stroll", productId: "cup", actionName: "view" }),
    interaction({ eventId: "s2", userId: null, sessionId: "stroll", productId: "rake", occurredAtMs: NOW - 1000 }),
    interaction({ eventId: "s3", userId: "ann", sessionId: "stroll", productId: "teapot" }),
  ]);
  const [nothing, stroll] = await histories.loadSessions(["ann", "stroll"], "purchased");
  expect(nothing.productNo.length).toBe(0);
  expect(await productIds(stroll.productNo)).toEqual(["cup", "rake"]);
  expect([...stroll.action]).toEqual([ACTION.view, ACTION.purchase]);
  expect(stroll.segments).toEqual([]);
});

test("visits are found by an index of their own", async () => {
  await database.pool.query("SET enable_seqscan = off");
  const { rows } = await database.pool.query(
    "EXPLAIN SELECT product_no FROM interactions_default WHERE session_id = 'stroll' AND user_id IS NULL ORDER BY occurred_at DESC NULLS LAST, event_key LIMIT 500",
  );
  expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).toMatch(/Index Only Scan/);
});

test("training reads every interaction once, with the session where there is no user", async () => {
  await createBulkWriter(database).writeInteractions([
    interaction({ eventId: "s", userId: null, sessionId: "visit", orderId: "o" }),
  ]);
  const source = createTrainingSource(database);
  const seen: string[] = [];
  for await (const page of source.readInteractions()) {
    for (let i = 0; i < page.shopper.length; i++)
      seen.push(`${page.shopper[i]} ${page.productId[i]} ${page.orderId[i]}`);
  }
  expect(seen.length).toBe(await source.countInteractions());
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toContain("visit teapot o");
});
