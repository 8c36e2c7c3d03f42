import { expect, onTestFinished, test, vi } from "vitest";
import type { CommandEvent } from "../../src/admin/commandDesk.js";
import { openAdministration } from "../../src/commands/openAdministration.js";
import type { CommandExecutors } from "../../src/domain/adminCommand.js";
import { decodeChunk } from "../../src/ingest/decodeChunk.js";
import { createSettingsSource } from "../../src/store/settingsSource.js";
import { connectionOf } from "../../src/store/storeTransaction.js";
import { createStreamWriter } from "../../src/store/streamWriter.js";
import { message, OPTIONS } from "../ingest/streams.js";
import { PATIENCE } from "../tools/patience.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();

function openDesk(executors: CommandExecutors = {}) {
  const events: CommandEvent[] = [];
  const settings = createSettingsSource(database, () => {});
  const opened = openAdministration(database, settings, { executors, onEvent: (event) => events.push(event) });
  return { ...opened, settings, events };
}

let nSent = 0;

/** A command as the consumer of the topic leaves it; each comes later than the one before. */
async function send(type: string, body: object, commandId = `command-${++nSent}`): Promise<string> {
  await database.pool.query(
    `INSERT INTO admin_commands (command_id, type, body, door, issued_by, received_at)
     VALUES ($1, $2, $3, 'kafka', 'the admin panel', now() + $4 * interval '1 second') ON CONFLICT DO NOTHING`,
    [commandId, type, JSON.stringify(body), nSent],
  );
  return commandId;
}

async function recordOf(commandId: string) {
  const sql = "SELECT status, outcome, decided_at FROM admin_commands WHERE command_id = $1";
  return (await database.pool.query(sql, [commandId])).rows[0];
}

test("a command of the topic takes effect and leaves the audit entry that a mutation leaves", async () => {
  const { desk, administration, settings } = openDesk();
  const commandId = await send("set_parameter", { parameter_name: "weight.content", value: 0, reason: "too alike" });
  expect(await desk.decideWaiting()).toBe(1);
  expect((await settings.load())["weight.content"]).toBe(0);
  const { version } = await administration.settings.current();
  const changes = [{ name: "weight.content", from: 1, to: 0 }];
  expect(await recordOf(commandId)).toMatchObject({ status: "accepted", outcome: { version, changes } });

  await administration.submit({
    commandId: "by-hand",
    type: "set_parameter",
    body: { parameter_name: "weight.content", value: 0, reason: "too alike" },
    door: "graphql",
    issuedBy: "anna",
    issuedAtMs: null,
    isVerified: true,
  });
  const [byHand, byTopic] = await administration.settings.history(2, null);
  const why = { reason: "too alike", changedAt: expect.any(Date) };
  expect(byTopic).toEqual({
    ...{ version, changes, ...why, commandId },
    ...{ changedBy: "the admin panel", door: "kafka", isVerified: false },
  });
  expect(byHand).toEqual({
    ...{ version: version + 1, changes: [{ name: "weight.content", from: 0, to: 0 }], ...why, commandId: "by-hand" },
    ...{ changedBy: "anna", door: "graphql", isVerified: true },
  });
  const newest = await administration.newestCommands(10);
  expect(newest.map((command) => [command.commandId, command.door, command.status])).toEqual(
    expect.arrayContaining([
      [commandId, "kafka", "accepted"],
      ["by-hand", "graphql", "accepted"],
    ]),
  );
});

test("commands that wait are decided in the order in which they came, by whichever process", async () => {
  const desks = [openDesk(), openDesk(), openDesk()];
  for (let value = 1; value <= 20; value++) await send("set_parameter", { parameter_name: "cap.perBrand", value });
  const counts = await Promise.all(desks.map(({ desk }) => desk.decideWaiting()));
  await desks[0].desk.decideWaiting();
  expect(counts.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(20);
  const versions = [...(await desks[0].administration.settings.history(20, null))].reverse();
  expect(versions.map(({ changes }) => changes[0].to)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});

test("a hundred commands with one id act once, whichever door they come by", async () => {
  const { desk, administration } = openDesk();
  const { version } = await administration.settings.current();
  const body = { parameter_name: "cap.perCategory", value: 3 };
  const same = { commandId: "pressed", type: "set_parameter", body, issuedBy: null, issuedAtMs: null };
  const records = await Promise.all([
    ...Array.from({ length: 50 }, () => administration.submit({ ...same, door: "graphql", isVerified: true })),
    ...Array.from({ length: 50 }, () => send("set_parameter", body, "pressed").then(() => desk.decideWaiting())),
  ]);
  await desk.decideWaiting();
  expect((await administration.settings.current()).version).toBe(version + 1);
  for (const record of records.slice(0, 50))
    expect(record).toMatchObject({ status: "accepted", outcome: { version: version + 1 } });
});

test.each([
  ["set_parameter", '"parameter_name": "weight.latent", "value": 1e999', "changes[0].value"],
  ["put_rule", '"rule_id": "r", "name": "r", "action": "exclude", "tags": ["t"], "max_price": 1e999', "maxPrice"],
])("an infinite number of the topic is refused by %s, and is not taken for null", async (type, fields, field) => {
  const { desk } = openDesk();
  const sent = message(`{"command_id": "infinite ${type}", "type": "${type}", ${fields}}`);
  await createStreamWriter(database).write({ ...decodeChunk("commands", [sent], OPTIONS), position: null });
  await desk.decideWaiting();
  const outcome = { code: "INVALID_INPUT", field, message: expect.any(String) };
  expect(await recordOf(`infinite ${type}`)).toMatchObject({ status: "refused", outcome });
});

test.each([
  ["an unknown type", "make_coffee", {}, "UNKNOWN_COMMAND", "type"],
  ["a type every object has", "constructor", {}, "UNKNOWN_COMMAND", "type"],
  ["no parameter", "set_parameter", { value: 1 }, "INVALID_INPUT", "changes"],
  ["an unknown parameter", "set_parameter", { parameter_name: "x", value: 1 }, "INVALID_INPUT", "changes[0].name"],
  [
    "a value out of range",
    "set_parameter",
    { parameter_name: "weight.latent", value: -1 },
    "INVALID_INPUT",
    "changes[0].value",
  ],
  ["changes that are no list", "set_parameter", { changes: "all" }, "INVALID_INPUT", "changes"],
  [
    "a reason that is no text",
    "set_parameter",
    { parameter_name: "weight.latent", value: 1, reason: 1 },
    "INVALID_INPUT",
    "reason",
  ],
  ["a version that is none", "rollback_settings", { version: "1" }, "INVALID_INPUT", "version"],
  ["a version that never was", "rollback_settings", { version: 1e300 }, "INVALID_INPUT", "version"],
  [
    "a version seen long ago",
    "set_parameter",
    { parameter_name: "weight.latent", value: 1, expected_version: 0 },
    "VERSION_CONFLICT",
    "expectedVersion",
  ],
])(
  "a command with %s is refused with the reason, and those behind it are decided",
  async (_what, type, body, code, field) => {
    const { desk, administration } = openDesk();
    const { version } = await administration.settings.current();
    const refused = await send(type, body);
    const behind = await send("set_parameter", { parameter_name: "weight.repeat", value: 1 });
    await desk.decideWaiting();
    expect(await recordOf(refused)).toMatchObject({
      status: "refused",
      outcome: { code, field, message: expect.any(String) },
    });
    expect((await recordOf(behind)).outcome.version).toBe(version + 1);
  },
);

test("what an executor of another room does and its verdict are one: a failure undoes both and is tried again", async () => {
  let nCalls = 0;
  const { desk, events } = openDesk({
    async note(command, transaction) {
      const sql = "INSERT INTO service_secrets (name, value) VALUES ($1, 'x')";
      await connectionOf(transaction).query(sql, [command.commandId]);
      if (++nCalls === 1) throw new Error("killed half-way");
      return { status: "accepted", outcome: { noted: true } };
    },
  });
  const commandId = await send("note", {});
  const noted = async () =>
    (await database.pool.query("SELECT FROM service_secrets WHERE name = $1", [commandId])).rowCount;
  await desk.decideWaiting();
  expect([await noted(), (await recordOf(commandId)).status]).toEqual([0, "received"]);
  await desk.decideWaiting();
  expect([await noted(), (await recordOf(commandId)).status]).toEqual([1, "accepted"]);
  expect(events.map(({ kind }) => kind)).toEqual(["commandFailed", "commandDecided"]);
});

test("a command that fails again and again is refused and holds up no other", async () => {
  const { desk } = openDesk({
    async broken() {
      throw new Error("a bug");
    },
  });
  const broken = await send("broken", {});
  const behind = await send("set_parameter", { parameter_name: "weight.repeat", value: 2 });
  for (let attempt = 0; attempt < 3; attempt++) await desk.decideWaiting();
  expect(await recordOf(broken)).toMatchObject({ status: "refused", outcome: { code: "FAILED" } });
  expect((await recordOf(behind)).status).toBe("accepted");
});

test("a running desk finds what waits by itself, until it is stopped", async () => {
  const { desk, settings } = openDesk();
  desk.start();
  onTestFinished(() => desk.stop());
  await send("set_parameter", { parameter_name: "weight.session", value: 7 });
  await vi.waitFor(async () => expect((await settings.load())["weight.session"]).toBe(7), PATIENCE);
  await desk.stop();
});
