import { beforeEach, expect, test } from "vitest";
import type { DecidedCommand } from "../../src/domain/adminCommand.js";
import { LOCK } from "../../src/store/advisoryLocks.js";
import { createCommandOutbox } from "../../src/store/commandOutbox.js";
import { createTestDatabase, openTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();
const outbox = createCommandOutbox(database);

beforeEach(async () => {
  await database.pool.query("DELETE FROM admin_commands");
});

async function keep(commandId: string, { door = "kafka", status = "accepted" } = {}): Promise<void> {
  await database.pool.query(
    `INSERT INTO admin_commands (command_id, type, body, door, status, outcome, decided_at)
     VALUES ($1, 'set_parameter', '{}', $2, $3, '{}', CASE WHEN $3 <> 'received' THEN clock_timestamp() END)`,
    [commandId, door, status],
  );
}

async function published(): Promise<string[]> {
  const sql = "SELECT command_id FROM admin_commands WHERE published_at IS NOT NULL ORDER BY command_id";
  return (await database.pool.query(sql)).rows.map(({ command_id }) => command_id);
}

/** The connection that holds the lock, of this database: others test at the same time. */
const KILL_PUBLISHER_SQL = `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

const idsOf = (outcomes: readonly DecidedCommand[]) => outcomes.map(({ commandId }) => commandId);

test("outcomes are sent in the order of the decisions, each once, and only those of commands that came by topic", async () => {
  for (const id of ["c", "a", "b"]) await keep(id);
  await keep("by mutation", { door: "graphql" });
  await keep("waits", { status: "received" });
  const sent: string[] = [];
  const send = async (outcomes: readonly DecidedCommand[]) => void sent.push(...idsOf(outcomes));
  expect([await outbox.publish(2, send), await outbox.publish(2, send), await outbox.publish(2, send)]).toEqual([
    2, 1, 0,
  ]);
  expect(sent).toEqual(["c", "a", "b"]);
  expect(await published()).toEqual(["a", "b", "c"]);
});

test("an outcome whose sending fails is not noted as published, and is sent again", async () => {
  await keep("a");
  const failing = outbox.publish(10, async () => {
    throw new Error("no broker");
  });
  await expect(failing).rejects.toThrow("no broker");
  expect(await published()).toEqual([]);
  expect(await outbox.publish(10, async () => {})).toBe(1);
});

test("whoever dies after the brokers have an outcome, and before it is noted, leaves it to be sent again", async () => {
  await keep("a");
  const dying = await openTestDatabase(database.url);
  const sent: string[] = [];
  const cutOff = createCommandOutbox(dying).publish(10, async (outcomes) => {
    sent.push(...idsOf(outcomes));
    await database.pool.query(KILL_PUBLISHER_SQL, [LOCK.publishOutcomes]);
  });
  await expect(cutOff).rejects.toThrow();
  expect(await published()).toEqual([]);
  await outbox.publish(10, async (outcomes) => void sent.push(...idsOf(outcomes)));
  expect(sent).toEqual(["a", "a"]);
  expect(await published()).toEqual(["a"]);
});

test("two replicas do not send the same outcome at once", async () => {
  await keep("a");
  let nBySecond = -1;
  const nByFirst = await outbox.publish(10, async () => {
    nBySecond = await outbox.publish(10, async () => {});
  });
  expect([nByFirst, nBySecond]).toEqual([1, 0]);
});
