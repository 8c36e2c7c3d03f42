import { afterAll, onTestFinished, vi } from "vitest";
import type { StreamWriter } from "../../src/domain/stream.js";
import type { ChunkReport } from "../../src/ingest/consumeBatch.js";
import type { KafkaOptions } from "../../src/ingest/kafkaClient.js";
import { type ConsumerEvent, type StreamConsumer, startStreamConsumer } from "../../src/ingest/kafkaConsumer.js";
import { type Database, openDatabase } from "../../src/store/database.js";
import { createStreamWriter } from "../../src/store/streamWriter.js";
import { PATIENCE } from "./patience.js";
import { createTestDatabase } from "./testDatabase.js";
import { eventually, ownNames, type TestBroker } from "./testKafka.js";

/** A shop whose topics, group and database no other test shares. */
export interface ShopStream {
  readonly database: Database & { readonly url: string };
  readonly topics: { readonly interactions: string; readonly products: string; readonly commands: string };
  readonly groupId: string;
  /** How a consumer of the shop, and whoever tells outcomes, reaches the broker. */
  readonly kafkaOptions: KafkaOptions;
  /** A consumer in this process, stopped when the test ends. */
  consume(more?: Partial<{ writer: StreamWriter; oldestMs: number; commandsSecret: string | null }>): Consuming;
  /** Send values to the topic of events; each is one message. */
  send(values: readonly unknown[], more?: { topic?: string; key?: string; partition?: number }): Promise<void>;
  /** Event keys are counted where they are stored, not where they were reported. */
  counted(): Promise<{ readonly rows: number; readonly distinct: number; readonly receipts: number }>;
  countsReach(n: number): Promise<void>;
  /** What the broker has of the group, summed over the partitions of the topic of events. */
  committed(): Promise<number>;
}

export interface Consuming extends StreamConsumer {
  readonly events: ConsumerEvent[];
  readonly chunks: ChunkReport[];
}

/** What the consumer's connections are called in PostgreSQL. */
export const CONSUMER_NAME = "consumer under test";

/** @param given a migrated, empty database; without one it is of this run's PostgreSQL */
export async function openShopStream(broker: TestBroker, given?: ShopStream["database"]): Promise<ShopStream> {
  const database = given ?? (await createTestDatabase());
  const ofConsumer = await openDatabase({
    url: database.url,
    maxConnections: 4,
    statementTimeoutMs: 15_000,
    applicationName: CONSUMER_NAME,
  });
  afterAll(() => ofConsumer.close());
  const { topics, groupId } = ownNames();
  await createTopics(broker, Object.values(topics));
  const kafkaOptions = {
    ...{ brokers: [broker.address], tls: null, sasl: null, groupId, topics },
    resultsTopic: `results-of-${topics.commands}`,
    createTopics: true,
    sessionTimeoutMs: 6_000,
  };
  const admin = broker.kafka.admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());

  const counted = async () => {
    const { rows } = await database.pool.query(`
      SELECT count(*)::int AS rows, count(DISTINCT event_key)::int AS distinct,
        (SELECT count(*)::int FROM interaction_receipts) AS receipts FROM interactions`);
    return rows[0];
  };
  return {
    database,
    topics,
    groupId,
    kafkaOptions,
    consume({ writer = createStreamWriter(ofConsumer), oldestMs = 0, commandsSecret = null } = {}) {
      const events: ConsumerEvent[] = [];
      const chunks: ChunkReport[] = [];
      const consumer = startStreamConsumer(kafkaOptions, {
        writer,
        options: () => ({ nowMs: Date.now(), oldestMs, commandsSecret }),
        clock: Date.now,
        onEvent: (event) => events.push(event),
        onChunk: (chunk) => chunks.push(chunk),
        onEnd: () => {},
        onLine: () => {},
      });
      onTestFinished(() => consumer.stop());
      return Object.assign(consumer, { events, chunks });
    },
    async send(values, { topic = topics.interactions, key, partition } = {}) {
      const messages = values.map((value) => ({ key: key ?? keyOf(value), value: bytesOf(value), partition }));
      await broker.producer.send({ topic, messages });
    },
    counted,
    async countsReach(n) {
      await eventually(counted, ({ rows }) => rows >= n, `${n} interactions stored`);
    },
    async committed() {
      const asked = { groupId, topics: [topics.interactions] };
      // A broker that has just started is no group's coordinator yet, and says so.
      const [{ partitions }] = await vi.waitFor(() => admin.fetchOffsets(asked), PATIENCE);
      return partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
    },
  };
}

export async function createTopics(broker: TestBroker, topics: readonly string[]): Promise<void> {
  const admin = broker.kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: topics.map((topic) => ({ topic })), waitForLeaders: true });
  await admin.disconnect();
}

function keyOf(value: unknown): string {
  return String((value as { user_id?: unknown } | null)?.user_id ?? "");
}

function bytesOf(value: unknown): Buffer | null {
  if (value === null || Buffer.isBuffer(value)) return value;
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
}
