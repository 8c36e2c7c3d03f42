import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, onTestFinished, test } from "vitest";
import { SCHEMAS_DIR } from "../../scripts/message-schemas.mjs";
import { every } from "../../src/commands/every.js";
import { openAdministration } from "../../src/commands/openAdministration.js";
import { encodeOutcome } from "../../src/ingest/encodeOutcome.js";
import { type OutcomeEvent, startOutcomePublisher } from "../../src/ingest/outcomePublisher.js";
import { createCommandOutbox } from "../../src/store/commandOutbox.js";
import { createSettingsSource } from "../../src/store/settingsSource.js";
import { startCommand } from "../tools/command.js";
import { openShopStream, type ShopStream } from "../tools/shopStream.js";
import { describeWithKafka, eventually, ownNames, type TestBroker } from "../tools/testKafka.js";
import { openReplica } from "./shop.js";
import { askAs } from "./steer.js";

type Result = Record<string, unknown> & { readonly outcome: Record<string, unknown> };

function openDesk(shop: ShopStream) {
  const settings = createSettingsSource(shop.database, () => {});
  return openAdministration(shop.database, settings, { onEvent: () => {} });
}

/** How many outcomes wait to be told. */
async function publishable(shop: ShopStream): Promise<number> {
  const sql = "SELECT count(*)::int AS n FROM admin_commands WHERE decided_at IS NOT NULL AND published_at IS NULL";
  return (await shop.database.pool.query(sql)).rows[0].n;
}

function publish(shop: ShopStream): OutcomeEvent[] {
  const events: OutcomeEvent[] = [];
  const publisher = startOutcomePublisher(shop.kafkaOptions, {
    outbox: createCommandOutbox(shop.database),
    every,
    onEvent: (event) => events.push(event),
    onLine: () => {},
  });
  onTestFinished(() => publisher.stop());
  return events;
}

/** All outcomes on the topic, as they come. */
async function readResults(shop: ShopStream, broker: TestBroker): Promise<{ key: string; result: Result }[]> {
  const results: { key: string; result: Result }[] = [];
  const consumer = broker.kafka.consumer({ groupId: ownNames().groupId });
  onTestFinished(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topics: [shop.kafkaOptions.resultsTopic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) =>
      void results.push({ key: String(message.key), result: JSON.parse(String(message.value)) }),
  });
  return results;
}

/** A command as the consumer of the topic leaves it. */
async function keep(shop: ShopStream, commandId: string, value: unknown): Promise<void> {
  await shop.database.pool.query(
    "INSERT INTO admin_commands (command_id, type, body, door) VALUES ($1, 'set_parameter', $2, 'kafka')",
    [commandId, JSON.stringify({ parameter_name: "weight.content", value })],
  );
}

async function publishedAt(shop: ShopStream, commandId: string): Promise<Date | null> {
  const sql = "SELECT published_at FROM admin_commands WHERE command_id = $1";
  return (await shop.database.pool.query(sql, [commandId])).rows[0]?.published_at ?? null;
}

async function isPublished(shop: ShopStream, commandId: string): Promise<void> {
  await eventually(
    () => publishedAt(shop, commandId),
    (at) => at !== null,
    `the publication of ${commandId}`,
  );
}

const schema = JSON.parse(readFileSync(path.join(SCHEMAS_DIR, "admin-command-results.schema.json"), "utf8"));

describeWithKafka("what became of commands, told by topic", (broker) => {
  test("a command by topic is answered by topic as the schema says, accepted or refused, and can be read by GraphQL", async () => {
    const shop = await openShopStream(broker());
    shop.consume();
    const { desk } = openDesk(shop);
    desk.start();
    onTestFinished(() => desk.stop());
    publish(shop);
    const set = { type: "set_parameter", parameter_name: "weight.content" };
    const commands = [
      { ...set, command_id: "good", value: 2 },
      { ...set, command_id: "bad", value: -1 },
      { ...set, command_id: "late", value: 3, expected_version: 0 },
      { command_id: "unknown", type: "make_coffee" },
      { command_id: "train", type: "retrain_model" },
    ];
    await shop.send(commands, { topic: shop.topics.commands, key: "panel" });
    await isPublished(shop, "train");
    const results = await readResults(shop, broker());
    await eventually(
      () => results.length,
      (n) => n >= commands.length,
      "the outcomes of all commands",
    );
    const resultOf = new Map(results.map(({ key, result }) => [key, result]));
    const facts = [...resultOf].map(([key, { status, outcome }]) => [key, status, outcome.code ?? null]);
    expect(facts.sort()).toEqual([
      ["bad", "refused", "INVALID_INPUT"],
      ["good", "accepted", null],
      ["late", "refused", "VERSION_CONFLICT"],
      ["train", "accepted", null],
      ["unknown", "refused", "UNKNOWN_COMMAND"],
    ]);
    expect(resultOf.get("good")).toEqual({
      schema_version: "1",
      command_id: "good",
      type: "set_parameter",
      status: "accepted",
      outcome: { version: 1, changes: [{ name: "weight.content", from: 1, to: 2 }] },
      is_verified: false,
      received_at: expect.any(String),
      decided_at: expect.any(String),
    });
    expect(resultOf.get("train")?.outcome).toEqual({ run_id: expect.any(Number), fate: "queued" });
    const validate = new Ajv2020({ strict: true }).compile(schema);
    for (const { result } of results) expect(validate(result), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...resultOf.get("good"), status: "received" })).toBe(false);

    const { server } = await openReplica(shop.database);
    const query = `query ($id: ID!) { recommendationCommand(id: $id) { id status outcome publishedAt } }`;
    const { data } = await askAs(server, query, { id: "bad" });
    expect(data.recommendationCommand).toMatchObject({ status: "REFUSED", publishedAt: expect.any(String) });
    expect(JSON.parse(data.recommendationCommand.outcome)).toMatchObject({ field: "changes[0].value" });
    expect(await askAs(server, query, { id: "none" })).toEqual({ data: { recommendationCommand: null } });
  });

  test("a command that is signed is verified in the audit and in its answer, another one only claims who sent it", async () => {
    const shop = await openShopStream(broker());
    shop.consume({ commandsSecret: "shared with the panel" });
    const { desk, administration } = openDesk(shop);
    const commands = ["signed", "forged"].map((command_id) => {
      return JSON.stringify({ command_id, parameter_name: "weight.content", value: 2, issued_by: "eve" });
    });
    const signature = createHmac("sha256", "shared with the panel").update(commands[0]).digest("hex");
    const messages = commands.map((value) => ({ key: "panel", value, headers: { signature } }));
    await broker().producer.send({ topic: shop.topics.commands, messages });
    await eventually(
      () => desk.decideWaiting().then(() => publishable(shop)),
      (n) => n === 2,
      "both decisions",
    );
    const history = await administration.settings.history(2, null);
    expect(history.map(({ commandId, changedBy, isVerified }) => [commandId, changedBy, isVerified])).toEqual([
      ["forged", "eve", false],
      ["signed", "eve", true],
    ]);
    const outcomes: [string, boolean][] = [];
    await createCommandOutbox(shop.database).publish(10, async (decided) => {
      for (const one of decided.map(encodeOutcome)) outcomes.push([one.command_id, one.is_verified]);
    });
    expect(outcomes).toEqual([
      ["signed", true],
      ["forged", false],
    ]);
  });

  test("a process that was killed after a decision leaves its outcome to the next one that consumes", async () => {
    const shop = await openShopStream(broker());
    await keep(shop, "orphan", 2);
    await openDesk(shop).desk.decideWaiting();
    expect(await publishedAt(shop, "orphan")).toBeNull();
    startCommand(["consume"], {
      DATABASE_URL: shop.database.url,
      KAFKA_BROKERS: broker().address,
      KAFKA_GROUP_ID: shop.groupId,
      KAFKA_TOPIC_INTERACTIONS: shop.topics.interactions,
      KAFKA_TOPIC_PRODUCTS: shop.topics.products,
      KAFKA_TOPIC_COMMANDS: shop.topics.commands,
      KAFKA_TOPIC_COMMAND_RESULTS: shop.kafkaOptions.resultsTopic,
    });
    await isPublished(shop, "orphan");
    const results = await readResults(shop, broker());
    await eventually(
      () => results.map(({ key }) => key),
      (keys) => keys.includes("orphan"),
      "the outcome",
    );
  });

  test("while the brokers are away an outcome waits, noted as published only when they have it", async () => {
    const shop = await openShopStream(broker());
    shop.consume();
    const events = publish(shop);
    broker().signal("SIGKILL");
    await keep(shop, "patient", 2);
    await openDesk(shop).desk.decideWaiting();
    await eventually(
      () => events.map(({ kind }) => kind),
      (kinds) => kinds.includes("outcomesHeld"),
      "the report of it",
    );
    expect(await publishedAt(shop, "patient")).toBeNull();
    await broker().restart("SIGKILL");
    await eventually(
      () => events.map(({ kind }) => kind),
      (kinds) => kinds.includes("outcomesResumed"),
      "the recovery",
    );
    expect(events.map(({ kind }) => kind)).toEqual(["outcomesHeld", "outcomesResumed"]);
    const results = await readResults(shop, broker());
    await eventually(
      () => results.map(({ key }) => key),
      (keys) => keys.includes("patient"),
      "the outcome",
    );
    expect(await publishedAt(shop, "patient")).not.toBeNull();
  });
});
