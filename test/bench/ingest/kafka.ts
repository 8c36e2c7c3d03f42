import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import kafkajs, { type Kafka } from "kafkajs";
import { openEmbeddedPostgres } from "../../../src/platform/embeddedPostgres.js";
import { type Database, openDatabase } from "../../../src/store/database.js";
import { migrate } from "../../../src/store/migrate.js";
import { machine, printFigure, seededRandom } from "../report.js";

const TOPIC = "user-interactions";
const N_PRODUCTS = 40_000;
const N_SHOPPERS = 50_000;
const PER_SEND = 5_000;
const POLL_MS = 50;

/**
 * Kafka to committed rows, every event a new one: broker, PostgreSQL (fsync and synchronous_commit on) and the consumer on
 * one machine. The events lie in the topic before the consumer starts; time runs from its first commit to its last.
 *
 * @param nEvents 1,000,000 for the figures of the README
 */
export async function benchIngestKafka(nEvents: number): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "recommender-bench-"));
  chmodSync(folder, 0o711);
  console.log(machine());
  const broker = await startBroker(path.join(folder, "kafka"));
  const server = await openEmbeddedPostgres({ dir: path.join(folder, "shop"), mode: "own" });
  try {
    const options = { url: server.url, maxConnections: 2, statementTimeoutMs: 0, applicationName: "recommender bench" };
    const database = await openDatabase(options);
    await migrate(database.pool);
    await fill(broker.kafka, nEvents);
    await measure(database, server.url, broker.address, nEvents);
    await measureOneByOne(broker, server.url, database);
    await database.close();
  } finally {
    await server.stop();
    broker.process.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Broker {
  readonly process: ChildProcess;
  readonly address: string;
  readonly kafka: Kafka;
}

async function startBroker(dir: string): Promise<Broker> {
  const args = ["--data", dir, "--partitions", "2"];
  const child = spawn("test/tools/kafka-broker", args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  const address = String(line).trim();
  return {
    process: child,
    address,
    kafka: new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING }),
  };
}

async function fill(kafka: Kafka, nEvents: number): Promise<void> {
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const random = seededRandom(5);
  for (let from = 0; from < nEvents; from += PER_SEND) {
    const messages = Array.from({ length: Math.min(PER_SEND, nEvents - from) }, (_, i) => message(from + i, random));
    await producer.send({ topic: TOPIC, messages });
  }
  await producer.disconnect();
}

function message(n: number, random: () => number): { key: string; value: string } {
  const userId = `u${Math.floor(random() * N_SHOPPERS)}`;
  const value = {
    event_id: `bench-0000-0000-0000-${String(n).padStart(15, "0")}`,
    user_id: userId,
    product_id: `p${Math.floor(random() * N_PRODUCTS)}`,
    timestamp: new Date(Date.now() - Math.floor(random() * 30 * 86_400_000)).toISOString(),
    action_type: random() < 0.2 ? "purchase" : "view",
  };
  return { key: userId, value: JSON.stringify(value) };
}

async function measure(database: Database, url: string, address: string, nEvents: number): Promise<void> {
  const consumer = startConsumer(url, address);
  const nFirst = await untilStored(database, 1);
  const startedMs = performance.now();
  await untilStored(database, nEvents / 2);
  const halfMb = residentMb(consumer);
  await untilStored(database, nEvents);
  const seconds = (performance.now() - startedMs) / 1000;
  const { rows } = await database.pool.query(
    "SELECT count(*)::int AS n, count(DISTINCT event_key)::int AS distinct FROM interactions",
  );
  if (rows[0].n !== nEvents || rows[0].distinct !== nEvents) {
    throw new Error(`Every event must be stored once: ${rows[0].n} rows, ${rows[0].distinct} keys of ${nEvents}`);
  }
  const perSecond = Math.round((nEvents - nFirst) / seconds).toLocaleString("en");
  printFigure({
    what: `Kafka to committed rows, ${nEvents.toLocaleString("en")} events, 2 partitions`,
    value: `${perSecond} events/s`,
    required: "≥ 40,000",
  });
  const value = `${halfMb} MB; ${residentMb(consumer)} MB`;
  printFigure({ what: "resident memory of the consumer half-way; at the end", value, required: "flat" });
  await stop(consumer);
}

/** Each event is sent when the one before is stored: what one event alone takes. */
async function measureOneByOne({ kafka, address }: Broker, url: string, database: Database): Promise<void> {
  const nEvents = 300;
  const consumer = startConsumer(url, address);
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const random = seededRandom(6);
  const nBefore = await counted(database);
  await producer.send({ topic: TOPIC, messages: [message(10_000_000, random)] });
  await untilStored(database, nBefore + 1);
  const startedMs = performance.now();
  for (let i = 1; i <= nEvents; i++) {
    await producer.send({ topic: TOPIC, messages: [message(10_000_000 + i, random)] });
    await untilStored(database, nBefore + 1 + i, 0);
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const what = "Kafka to committed rows, one event after the other";
  printFigure({ what, value: `${Math.round(nEvents / seconds)} events/s`, required: "–" });
  await producer.disconnect();
  await stop(consumer);
}

function startConsumer(url: string, address: string): ChildProcess {
  const env = { PATH: process.env.PATH, DATABASE_URL: url, KAFKA_BROKERS: address, PORT: "0", LOG_LEVEL: "warn" };
  return spawn(process.execPath, ["dist/main.js", "consume"], { env, stdio: ["ignore", "ignore", "inherit"] });
}

async function stop(consumer: ChildProcess): Promise<void> {
  const exit = once(consumer, "exit");
  consumer.kill("SIGTERM");
  await exit;
}

async function untilStored(database: Database, nRows: number, pollMs = POLL_MS): Promise<number> {
  for (;;) {
    const n = await counted(database);
    if (n >= nRows) return n;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/**
 * The position is written in the transaction of the rows, and every message of the benchmark is one; counting rows
 * would take a core from what is measured.
 */
async function counted({ pool }: Database): Promise<number> {
  const { rows } = await pool.query(
    "SELECT coalesce(sum(next_offset), 0)::int AS n FROM consumer_offsets WHERE topic = $1",
    [TOPIC],
  );
  return rows[0].n;
}

function residentMb({ pid }: ChildProcess): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kb) / 1024);
}
