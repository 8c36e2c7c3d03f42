import pg from "pg";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { ChangeListener, type ChangeListenerEvent } from "../../src/store/changeListener.js";
import { inTransaction } from "../../src/store/database.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { applyProductUpdates } from "../../src/store/productUpdateWriter.js";
import { PATIENCE } from "../tools/patience.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { interaction } from "./interactions.js";

const database = await createTestDatabase();

beforeEach(async () => {
  await database.pool.query("TRUNCATE products, interactions, interaction_receipts, settings");
});

const update = (productId: string, version: number) => ({
  change: { productId, price: version },
  isDeleted: false,
  version,
  sentAtMs: null,
});

const change = (...ids: string[]) =>
  inTransaction(database.pool, async (client) => {
    for (const [i, id] of ids.entries()) await applyProductUpdates(client, [update(id, i + 1), update("all", i + 1)]);
  });

async function startListener() {
  const onChange = vi.fn();
  const events: ChangeListenerEvent[] = [];
  const listener = new ChangeListener({ url: database.url, onChange, onEvent: (event) => events.push(event) });
  onTestFinished(() => listener.stop());
  await listener.start();
  return { onChange, events };
}

/** How many notifications come, with their bytes, until one that this test sends itself. */
async function notificationsOf(work: () => Promise<unknown>): Promise<(string | undefined)[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query("LISTEN recommender_changed");
  const heard: (string | undefined)[] = [];
  const ended = new Promise<void>((resolve) => {
    client.on("notification", ({ payload }) => (payload === "end" ? resolve() : heard.push(payload)));
  });
  await work();
  await database.pool.query("SELECT pg_notify('recommender_changed', 'end')");
  await ended;
  await client.end();
  return heard;
}

test("a transaction notifies once and without data, however many products it changes in however many statements", async () => {
  expect(await notificationsOf(() => change("a", "b", "c"))).toEqual([""]);
});

test.each([
  ["a setting", "INSERT INTO settings (parameter_name, value) VALUES ('exclude.seen', 'true')"],
  [
    "a model",
    `INSERT INTO models (status, header, metrics, n_bytes, checksum) VALUES ('retired', '{}', '{}', 1, repeat('0', 64))`,
  ],
  ["a product changed by hand", "UPDATE products SET price = 1"],
])("%s notifies", async (_, sql) => {
  expect(await notificationsOf(() => database.pool.query(sql))).toEqual([""]);
});

test("an interaction write never notifies, also when it names new products", async () => {
  const writer = createInteractionWriter(database);
  expect(await notificationsOf(() => writer.write([interaction({ productId: "never heard of" })]))).toEqual([]);
});

test("a listener whose connection is killed tells so once, listens again, and looks for what it has not heard", async () => {
  const { onChange, events } = await startListener();
  expect(onChange).toHaveBeenCalledTimes(1);
  const { rows } = await database.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'recommender listener' AND datname = current_database()",
  );
  expect(rows.length).toBe(1);
  await vi.waitFor(() => expect(events.map(({ kind }) => kind)).toEqual(["listenerLost", "listenerBack"]), PATIENCE);
  expect(onChange).toHaveBeenCalledTimes(2);
  await change("a");
  await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(3), PATIENCE);
});
