import { beforeEach, describe, expect, test } from "vitest";
import type { Interaction } from "../../src/domain/interaction.js";
import type { WriteResult } from "../../src/domain/ports.js";
import { createBulkWriter } from "../../src/store/bulkWriter.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { interaction, NOW } from "./interactions.js";

const database = await createTestDatabase();
const query = async (sql: string) => (await database.pool.query(sql)).rows;

type Write = (interactions: readonly Interaction[]) => Promise<WriteResult>;

const doors: [string, Write][] = [
  ["the live writer", createInteractionWriter(database).write],
  ["the bulk writer", createBulkWriter(database).writeInteractions],
];

beforeEach(async () => {
  await database.pool.query("TRUNCATE interactions, interaction_receipts, products");
});

describe.each(doors)("%s", (_name, write) => {
  test("an event sent twice in one call and again in another counts once", async () => {
    const one = interaction();
    expect(await write([one, one])).toMatchObject({ accepted: 1, duplicates: 1 });
    expect(await write([one])).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await query("SELECT count(*)::int AS n FROM interactions")).toEqual([{ n: 1 }]);
  });

  test("the same event id counts once also with another time, and changes nothing", async () => {
    await write([interaction({ eventId: "e1" })]);
    await write([interaction({ eventId: "e1", occurredAtMs: NOW - 400 * 86_400_000, productId: "spade" })]);
    expect(await query("SELECT occurred_at FROM interactions")).toEqual([{ occurred_at: new Date(NOW) }]);
    expect(await query("SELECT product_id FROM products")).toEqual([{ product_id: "teapot" }]);
  });

  test("an event stays counted after the partition that held it was dropped", async () => {
    const old = interaction({ eventId: "old", occurredAtMs: Date.UTC(2019, 4, 1) });
    await write([old]);
    await database.pool.query("DROP TABLE interactions_2019m05");
    expect(await write([old])).toMatchObject({ accepted: 0, duplicates: 1 });
  });

  test("a product that only events have named is a stub, once", async () => {
    await write([interaction(), interaction({ userId: "bob" }), interaction({ productId: "spade" })]);
    expect(await query("SELECT product_id, is_stub FROM products ORDER BY 1")).toEqual([
      { product_id: "spade", is_stub: true },
      { product_id: "teapot", is_stub: true },
    ]);
  });

  test("every column arrives as it was sent, odd texts included", async () => {
    const odd = "tab\there, line\nbreak, \\N backslash 🫖";
    const facts = { userId: odd, sessionId: "s", orderId: "o\\1", productId: odd, actionName: "hovered" };
    await write([interaction({ ...facts, value: 0.1, quantity: 3, price: 2.55 })]);
    const [row] = await query("SELECT interactions.*, product_id FROM interactions JOIN products USING (product_no)");
    expect(row).toMatchObject({ user_id: odd, session_id: "s", order_id: "o\\1", product_id: odd, action_code: 0 });
    expect(row).toMatchObject({
      action_name: "hovered",
      value: 0.1,
      quantity: 3,
      price: 2.55,
      occurred_at: new Date(NOW),
    });
  });

  test("times lie in the partition of their month; unknown and implausible ones in the default", async () => {
    const times = [NOW, Date.UTC(2025, 11, 31, 23, 59), null, Date.UTC(1971, 0), Date.now() + 90 * 86_400_000];
    await write(times.map((occurredAtMs, i) => interaction({ eventId: `${i}`, occurredAtMs })));
    const rows = await query(
      "SELECT tableoid::regclass::text AS place, count(*)::int AS n FROM interactions GROUP BY 1 ORDER BY 1",
    );
    expect(rows).toEqual([
      { place: "interactions_2025m12", n: 1 },
      { place: "interactions_2026m03", n: 1 },
      { place: "interactions_default", n: 3 },
    ]);
  });

  test("a refused row takes the whole call back: no receipt, no stub", async () => {
    const bad = interaction({ eventId: "bad", value: Number.POSITIVE_INFINITY, productId: "rake" });
    await expect(write([interaction(), bad])).rejects.toThrow(/finite/);
    expect(await query("SELECT * FROM interaction_receipts")).toEqual([]);
    expect(await query("SELECT * FROM products")).toEqual([]);
  });

  test("writers of the same events at once count each of them once", async () => {
    const events = Array.from({ length: 300 }, (_, i) => interaction({ eventId: `${i}`, productId: `p${i % 40}` }));
    const results = await Promise.all([write(events), write(events.toReversed()), write(events.slice(100))]);
    expect(results.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(300);
    expect(await query("SELECT count(*)::int AS n, count(DISTINCT event_key)::int AS keys FROM interactions")).toEqual([
      { n: 300, keys: 300 },
    ]);
  });
});

test("rows that waited in the default partition move when their month gets one", async () => {
  await database.pool.query("DROP TABLE IF EXISTS interactions_2017m08");
  const early = interaction({ eventId: "early", occurredAtMs: Date.UTC(2017, 7, 1) });
  await createInteractionWriter(database).write([interaction({ eventId: "makes the product" })]);
  await database.pool.query(
    `INSERT INTO interactions_default (event_key, user_id, product_no, action_code, occurred_at)
     SELECT $1, 'ann', product_no, 6, '2017-08-15Z' FROM products LIMIT 1`,
    [interaction({ eventId: "waiting" }).eventKey],
  );
  await createInteractionWriter(database).write([early]);
  expect(await query("SELECT count(*)::int AS n FROM interactions_2017m08")).toEqual([{ n: 2 }]);
});

test("a database refuses NaN, infinity and ids that are empty or too long, whoever writes", async () => {
  const insert = (column: string, value: string) =>
    database.pool.query(
      `INSERT INTO interactions (event_key, user_id, product_no, action_code, ${column}) VALUES (gen_random_uuid(), 'a', 1, 1, ${value})`,
    );
  await expect(insert("value", "'NaN'")).rejects.toThrow(/finite/);
  await expect(insert("price", "'-Infinity'")).rejects.toThrow(/finite/);
  await expect(insert("session_id", "''")).rejects.toThrow(/shop_id/);
  await expect(insert("order_id", "repeat('x', 257)")).rejects.toThrow(/shop_id/);
});
