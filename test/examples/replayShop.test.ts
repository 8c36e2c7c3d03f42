import { execFile, execFileSync } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { startCommand } from "../tools/command.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { describeWithKafka, eventually, ownNames } from "../tools/testKafka.js";

const ROOT = path.resolve(import.meta.dirname, "../..");
const BUNDLE = "examples/replay-shop.ts --bundle --packages=external --platform=node --format=esm --log-level=warning";
const SCRIPT = path.join(ROOT, ".replay/replay-of-test.mjs");

/** The service on an empty shop of its own. */
async function startShop(environment: Record<string, string> = {}) {
  const database = await createTestDatabase();
  const service = startCommand(["serve"], { DATABASE_URL: database.url, TRAINING_IN_SERVE: "no", ...environment });
  const ready = await service.line(/^(Open|Ready at) /);
  const nStored = async (): Promise<number> =>
    (await database.pool.query("SELECT count(*)::int AS n FROM interactions")).rows[0].n;
  return { url: /http:\/\/[^/]+/.exec(ready)?.[0] as string, nStored };
}

/** Replay the last day of the sample shop; returns how many purchases were sent. */
async function replay(url: string, environment: Record<string, string> = {}): Promise<number> {
  const esbuild = path.join(ROOT, "node_modules/.bin/esbuild");
  execFileSync(esbuild, [...BUNDLE.split(" "), `--outfile=${SCRIPT}`], { cwd: ROOT });
  const args = [SCRIPT, "--url", url, "--from", "2011-11-08", "--speed", "1000000"];
  const env = { ...process.env, KAFKA_BROKERS: "", ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}\S/m);
  return Number(/(\d+) purchases sent in/.exec(stdout)?.[1]);
}

it("a replay sends the shop's purchases as new events, and shows a list that changes", async () => {
  const { url, nStored } = await startShop();
  const nSent = [await replay(url), await replay(url)];
  expect(nSent[0]).toBeGreaterThan(100);
  expect(await nStored()).toBe(nSent[0] + nSent[1]);
});

describeWithKafka("with a broker", (broker) => {
  it("a replay goes through the topic, and each purchase counts once", async () => {
    const { topics, groupId } = ownNames();
    const kafka = {
      KAFKA_BROKERS: broker().address,
      KAFKA_GROUP_ID: groupId,
      KAFKA_TOPIC_INTERACTIONS: topics.interactions,
      KAFKA_TOPIC_PRODUCTS: topics.products,
      KAFKA_TOPIC_COMMANDS: topics.commands,
    };
    const { url, nStored } = await startShop(kafka);
    const admin = broker().kafka.admin();
    await admin.connect();
    await eventually(
      () => admin.listTopics(),
      (names) => names.includes(topics.interactions),
      "the topic that the service creates",
    );
    const nSent = await replay(url, kafka);
    const [first, second] = await admin.fetchTopicOffsets(topics.interactions);
    await admin.disconnect();
    expect(nSent).toBeGreaterThan(100);
    expect(Number(first.offset) + Number(second.offset)).toBe(nSent);
    await eventually(nStored, (n) => n >= nSent, `${nSent} purchases stored`);
    expect(await nStored()).toBe(nSent);
  });
});
