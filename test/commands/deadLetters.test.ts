import { beforeEach, describe, expect, test } from "vitest";
import { decodeChunk } from "../../src/ingest/decodeChunk.js";
import { createStreamWriter } from "../../src/store/streamWriter.js";
import { event, message, OPTIONS } from "../ingest/streams.js";
import { startCommand } from "../tools/command.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();
const writer = createStreamWriter(database);
const NOW = new Date().toISOString();

/** What a consumer keeps of messages that can never succeed. */
async function keepRefused(values: readonly unknown[]): Promise<void> {
  const messages = values.map((value, i) =>
    message(value, { offset: BigInt(i), headers: [["trace", Buffer.from("t1")]] }),
  );
  await writer.write({ position: null, ...decodeChunk("interactions", messages, OPTIONS) });
}

async function dlq(...args: string[]) {
  return startCommand(["dlq", ...args], { DATABASE_URL: database.url }).ended;
}

async function idsByReason(): Promise<Record<string, number>> {
  const { rows } = await database.pool.query("SELECT reason, dead_letter_id FROM dead_letters");
  return Object.fromEntries(rows.map((row) => [row.reason, row.dead_letter_id]));
}

const eventsStored = async () =>
  (await database.pool.query("SELECT user_id, product_id FROM interactions JOIN products USING (product_no)")).rows;

beforeEach(async () => {
  await database.pool.query("TRUNCATE dead_letters, interactions, interaction_receipts, products");
});

describe("recommender dlq", () => {
  test("list tells each that waits, oldest first, with its place and reason; --reason only some", async () => {
    await keepRefused(["{", event(1, { product_id: null }), "[]"]);
    const all = await dlq("list");
    expect(all).toMatchObject({ code: 0, stderr: "" });
    const lines = all.stdout.trim().split("\n");
    const places = lines.slice(-4, -1).map((line) => line.split("  ").slice(-2));
    expect(places).toEqual([
      ["user-interactions/0@0", "bad_json"],
      ["user-interactions/0@1", "missing_product_id"],
      ["user-interactions/0@2", "not_an_object"],
    ]);
    expect(lines.at(-1)).toMatch(/3 dead letters wait/);
    const some = await dlq("list", "--reason", "bad_json");
    expect(some.stdout).toMatch(/@0 {2}bad_json\n.*1 dead letters wait/);
    expect(some.stdout).not.toMatch(/not_an_object/);
  });

  test("show prints all that is kept of one, and nothing that would move the terminal", async () => {
    await keepRefused(['{"user_id": "ann\u001b[2J"']);
    const [id] = Object.values(await idsByReason());
    const { code, stdout } = await dlq("show", String(id));
    expect(code).toBe(0);
    for (const part of ["user-interactions/0@0", "bad_json: Cannot take", "ann", "trace: t1", "sha256"]) {
      expect(stdout).toContain(part);
    }
    expect(stdout).not.toContain("\u001b");
  });

  test.each(["7", "x", "-1", "99999999999"])("show refuses %s, which is no dead letter's number", async (id) => {
    const { code, stderr } = await dlq("show", "--", id);
    expect(code).toBe(1);
    expect(stderr).toContain(`Cannot show dead letter ${id}: the number of one is required`);
  });

  test("replay brings in what can succeed by now, once; the rest goes on waiting and says why", async () => {
    // It was ahead of the clock of its day.
    await keepRefused([event(1, { timestamp: NOW, user_id: "early" }), "{"]);
    const reasons = await idsByReason();
    expect(Object.keys(reasons).sort()).toEqual(["bad_json", "future_timestamp"]);
    const first = await dlq("replay");
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/1 brought in, 1 still refused/);
    expect(first.stdout).toMatch(new RegExp(`${reasons.bad_json} {2}.*one JSON object is required`));
    expect(await eventsStored()).toEqual([{ user_id: "early", product_id: "p1" }]);
    const again = await dlq("replay");
    expect(again.stdout).toMatch(/0 brought in, 1 still refused/);
    expect(await eventsStored()).toHaveLength(1);
    expect((await dlq("show", String(reasons.future_timestamp))).stdout).toMatch(/replayed +2/);
    expect((await dlq("list")).stdout).not.toMatch(/future_timestamp/);
  });

  test("replay --reason leaves every other alone; the same message kept twice counts once", async () => {
    const early = event(1, { timestamp: NOW });
    await keepRefused([early, early, "{"]);
    const { stdout } = await dlq("replay", "--reason", "future_timestamp");
    expect(stdout).toMatch(/2 brought in, 0 still refused/);
    expect(await eventsStored()).toHaveLength(1);
    expect((await dlq("list")).stdout).toMatch(/1 dead letters wait/);
  });

  test("a database is required, and one that is away is said to be", async () => {
    const away = await startCommand(["dlq", "list"], { DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" }).ended;
    expect(away.code).toBe(1);
    expect(away.stderr).toMatch(/Cannot reach PostgreSQL at 127\.0\.0\.1:1/);
  });
});
