import { beforeEach, describe, expect, test } from "vitest";
import { createIntake } from "../../src/ingest/intake.js";
import { inTransaction } from "../../src/store/database.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { forgetInteractions } from "../../src/store/retention.js";
import { createShopperHistories } from "../../src/store/shopperHistories.js";
import { createTestDatabase, openTestDatabase } from "../tools/testDatabase.js";
import { interaction } from "./interactions.js";

const database = await createTestDatabase();
/** Afresh for each test: a writer remembers the partitions it has made. */
let writer = createInteractionWriter(database);
const CUT_MS = Date.UTC(2026, 1, 1);

const at = (time: string | null, eventId: string) =>
  interaction({ eventId, occurredAtMs: time === null ? null : Date.parse(time) });

const partitions = async () => {
  const { rows } = await database.pool.query(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'interactions'::regclass ORDER BY 1",
  );
  return rows.map(({ name }) => name);
};

const kept = async () => {
  const { rows } = await database.pool.query("SELECT occurred_at FROM interactions ORDER BY 1");
  return rows.map(({ occurred_at }) => occurred_at?.toISOString().slice(0, 10) ?? null);
};

beforeEach(async () => {
  writer = createInteractionWriter(database);
  for (const name of await partitions())
    if (name !== "interactions_default") await database.pool.query(`DROP TABLE ${name}`);
  await database.pool.query("TRUNCATE interactions, interaction_receipts, products");
});

/** A shop from before partitions were months. */
async function makeQuarter(): Promise<void> {
  await database.pool.query(
    "CREATE TABLE interactions_2026q1 PARTITION OF interactions FOR VALUES FROM ('2026-01-01Z') TO ('2026-04-01Z')",
  );
}

test("a quarter from before goes on taking what happened in it, and months stand beside it", async () => {
  await makeQuarter();
  await writer.write([at("2026-02-10T00:00Z", "a"), at("2026-03-31T23:59:59Z", "b"), at("2026-04-01T00:00Z", "c")]);
  expect(await partitions()).toEqual(["interactions_2026m04", "interactions_2026q1", "interactions_default"]);
  const [history] = await createShopperHistories(database).load(["ann"], "purchased");
  expect(history.productNo.length).toBe(3);
});

describe("forgetting", () => {
  test("drops partitions that hold nothing else, and of the others the old rows", async () => {
    await makeQuarter();
    await writer.write([
      at("2025-11-30T00:00Z", "month before"),
      at("2026-01-31T23:59:59Z", "quarter before"),
      at("2026-02-01T00:00Z", "first kept"),
      at("1999-01-01T00:00Z", "implausible"),
      at(null, "of unknown time"),
      at("2026-05-01T00:00Z", "new"),
    ]);
    await database.pool.query("UPDATE interactions SET received_at = '2026-01-15' WHERE occurred_at IS NULL");
    const forgotten = await forgetInteractions(database, CUT_MS);
    expect(forgotten).toEqual({ partitions: ["interactions_2025m11"], nRows: 3, isDone: true });
    expect(await kept()).toEqual(["2026-02-01", "2026-05-01"]);
    expect(await forgetInteractions(database, CUT_MS)).toEqual({ partitions: [], nRows: 0, isDone: true });
  });

  test("leaves receipts, so that a replay of what was forgotten resurrects nothing", async () => {
    const old = at("2025-11-30T00:00Z", "old");
    await writer.write([old]);
    await forgetInteractions(database, CUT_MS);
    expect(await writer.write([old])).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await kept()).toEqual([]);
  });

  test("does not make readers wait for a long one: it tries again later", async () => {
    await writer.write([at("2025-11-30T00:00Z", "old")]);
    const other = await openTestDatabase(database.url);
    await inTransaction(other.pool, async (reader) => {
      await reader.query("SELECT count(*) FROM interactions");
      expect(await forgetInteractions(database, CUT_MS)).toMatchObject({ partitions: [], isDone: false });
    });
    expect(await forgetInteractions(database, CUT_MS)).toMatchObject({ partitions: ["interactions_2025m11"] });
  });

  test("is done by one replica at a time", async () => {
    await writer.write([at("2025-11-30T00:00Z", "a"), at("2025-12-30T00:00Z", "b")]);
    const both = await Promise.all([forgetInteractions(database, CUT_MS), forgetInteractions(database, CUT_MS)]);
    const names = both.flatMap((one) => one.partitions);
    expect(new Set(names).size).toBe(names.length);
    await forgetInteractions(database, CUT_MS);
    expect(await kept()).toEqual([]);
  });
});

test("an event from before what is kept is refused as too_old, and one from the first kept moment is taken", async () => {
  const counts: string[] = [];
  const intake = createIntake({
    writer,
    clock: () => Date.UTC(2026, 3, 1),
    oldestMs: () => CUT_MS,
    countEvents: ({ fate }) => counts.push(fate),
  });
  const event = (timestamp: string) => ({ user_id: "u", product_id: "p", action_type: "view", timestamp });
  const result = await intake.record([event("2026-01-31T23:59:59.999Z"), event("2026-02-01T00:00:00Z")], "http");
  expect(result).toMatchObject({ accepted: 1, rejected: [{ index: 0, reason: "too_old" }] });
  expect(counts.sort()).toEqual(["accepted", "too_old"]);
});
