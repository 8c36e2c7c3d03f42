/**
 * Plays the sample shop's purchases as live traffic against a running engine, and prints a shopper's list as it changes:
 * `npm start` in one terminal, `npm run replay` in another. With KAFKA_BROKERS events go to the topic, else over HTTP.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import cliProgress from "cli-progress";
import { parse } from "csv-parse/sync";
import { Kafka, Partitioners } from "kafkajs";

interface Purchase {
  readonly userId: string;
  readonly productId: string;
  readonly atMs: number;
  readonly value: number;
}

/** Sends events to the engine; resolves when it, or the broker, has them. */
interface Door {
  send(events: readonly object[]): Promise<void>;
  close(): Promise<void>;
}

const SHOP = path.resolve("data/online-retail");
const TICK_MS = 250;
const EVENTS_PER_REQUEST = 1000;
const LIST_LENGTH = 5;

const { values: options } = parseArgs({
  options: {
    speed: { type: "string", default: "3600" },
    from: { type: "string", default: "2011-11-01" },
    user: { type: "string" },
    url: { type: "string", default: "http://127.0.0.1:4001" },
  },
});

const speed = Number(options.speed);
const fromMs = Date.parse(options.from);
if (!(speed > 0)) fail(`--speed: how many times faster than the shop, more than 0 is required, found ${options.speed}`);
if (Number.isNaN(fromMs)) fail(`--from: a day such as 2011-11-01 is required, found ${options.from}`);

const purchases = readPurchases().filter(({ atMs }) => atMs >= fromMs);
if (purchases.length === 0)
  fail(`--from: a day of the sample shop, up to 2011-11-08, is required, found ${options.from}`);
const names = readNames();
const user = options.user ?? busiestShopper();
/** Ids of this run alone: the same purchases played again, or imported before, are other events. */
const run = `replay-${Date.now().toString(36)}`;

await replay(await openDoor());

async function replay(door: Door): Promise<void> {
  console.log(
    `${purchases.length} purchases from ${options.from}, ${speed} times as fast; the list of shopper ${user}:`,
  );
  const bar = new cliProgress.SingleBar({
    format: "{day} [{bar}] {percentage}% {value} purchases sent",
    noTTYOutput: false,
    clearOnComplete: true,
  });
  let isStopped = false;
  process.once("SIGINT", () => {
    isStopped = true;
  });
  const startedMs = Date.now();
  let nSent = 0;
  let shown = await showList("", bar);
  bar.start(purchases.length, 0, { day: options.from });
  while (nSent < purchases.length && !isStopped) {
    const shopMs = purchases[0].atMs + (Date.now() - startedMs) * speed;
    const due = dueUntil(shopMs, nSent);
    if (due.length > 0) await door.send(due.map((purchase, i) => eventOf(purchase, nSent + i)));
    nSent += due.length;
    bar.update(nSent, { day: new Date(shopMs).toISOString().slice(0, 10) });
    shown = await showList(shown, bar);
    if (due.length < EVENTS_PER_REQUEST) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  bar.stop();
  await door.close();
  // What was sent last is in the list a second later.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await showList(shown, bar);
  console.log(`${nSent} purchases sent in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
}

function dueUntil(shopMs: number, from: number): readonly Purchase[] {
  let to = from;
  while (to < purchases.length && to - from < EVENTS_PER_REQUEST && purchases[to].atMs <= shopMs) to++;
  return purchases.slice(from, to);
}

/** It happens now, as far as the engine can tell. */
function eventOf({ userId, productId, value }: Purchase, index: number): object {
  const timestamp = new Date().toISOString();
  const event_id = `${run}-${index}`;
  return { event_id, user_id: userId, product_id: productId, action_type: "purchase", value, timestamp };
}

/** Print the list when it is another than what was shown; returns what is shown now. */
async function showList(shown: string, bar: cliProgress.SingleBar): Promise<string> {
  const response = await fetch(`${options.url}/recommend/${encodeURIComponent(user)}?n=${LIST_LENGTH}`);
  if (!response.ok) fail(`The engine answered ${response.status}: ${await response.text()}`);
  const { recommendations } = (await response.json()) as { recommendations: [string, number][] };
  const list = recommendations.map(([id]) => names.get(id) ?? id).join(" · ");
  if (list === shown) return shown;
  if (process.stdout.isTTY && bar.isActive) process.stderr.write("\r\x1b[K");
  console.log(`${new Date().toISOString().slice(11, 19)}  ${list}`);
  return list;
}

async function openDoor(): Promise<Door> {
  const brokers = process.env.KAFKA_BROKERS;
  if (brokers === undefined || brokers === "") return { send: sendOverHttp, close: async () => {} };
  const topic = process.env.KAFKA_TOPIC_INTERACTIONS ?? "user-interactions";
  // Named, or the client warns of what it chose before.
  const producer = new Kafka({ clientId: "replay-shop", brokers: brokers.split(",") }).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return {
    async send(events) {
      const messages = events.map((event) => ({
        key: (event as { user_id: string }).user_id,
        value: JSON.stringify(event),
      }));
      await producer.send({ topic, acks: -1, messages });
    },
    close: () => producer.disconnect(),
  };
}

async function sendOverHttp(events: readonly object[]): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(events);
  const response = await fetch(`${options.url}/interactions`, { method: "POST", headers, body });
  if (!response.ok) fail(`The engine answered ${response.status}: ${await response.text()}`);
}

function readTable(file: string): Record<string, string>[] {
  return parse(gunzipSync(readFileSync(path.join(SHOP, file))), { columns: true });
}

function readPurchases(): Purchase[] {
  return readTable("user_interactions.csv.gz")
    .map((row) => ({
      userId: row.user_id,
      productId: row.product_id,
      atMs: Date.parse(row.timestamp),
      value: Number(row.value),
    }))
    .sort((a, b) => a.atMs - b.atMs);
}

function readNames(): ReadonlyMap<string, string> {
  return new Map(readTable("products.csv.gz").map((row) => [row.product_id, row.name]));
}

function busiestShopper(): string {
  const counts = new Map<string, number>();
  for (const { userId } of purchases) counts.set(userId, (counts.get(userId) ?? 0) + 1);
  const [[userId]] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return userId;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
