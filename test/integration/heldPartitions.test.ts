import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { expect, inject, test } from "vitest";
import type { StreamWriter } from "../../src/domain/stream.js";
import { createStreamWriter } from "../../src/store/streamWriter.js";
import { event } from "../ingest/streams.js";
import { CONSUMER_NAME, openShopStream, type ShopStream } from "../tools/shopStream.js";
import { createLoneDatabase } from "../tools/testDatabase.js";
import { describeWithKafka, eventually, type TestBroker } from "../tools/testKafka.js";
import { events, expectEachOnce, sendSlowly, WAITING_WRITES_SQL } from "./eventStream.js";

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** Cut every connection to the shop's database, and let nobody in until it is told to. */
async function shutOut(shop: ShopStream, isOut: boolean): Promise<void> {
  const name = new URL(shop.database.url).pathname.slice(1);
  await administer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${!isOut}`);
  if (isOut) await administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
}

async function configure(broker: TestBroker, topic: string, name: string, value: string): Promise<void> {
  const admin = broker.kafka.admin();
  await admin.connect();
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: 2, name: topic, configEntries: [{ name, value }] }],
  });
  await admin.disconnect();
}

describeWithKafka("what a consumer's partitions wait for", (broker) => {
  test("connections to PostgreSQL that are cut in the middle of batches lose nothing", async () => {
    const shop = await openShopStream(broker());
    shop.consume();
    const name = new URL(shop.database.url).pathname.slice(1);
    const sending = sendSlowly(shop, 0, 8_000);
    for (let i = 1; i <= 5; i++) {
      await eventually(shop.counted, ({ rows }) => rows >= i * 500, "progress");
      await administer(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = '${name}' AND application_name = '${CONSUMER_NAME}'`,
      );
    }
    await sending;
    await expectEachOnce(shop, 8_000);
  });

  test("PostgreSQL that is restarted, and that crashes, in the middle of batches loses nothing and doubles nothing", async () => {
    // Its owner starts it again at its address as soon as it is gone.
    const { dir, ...database } = await createLoneDatabase();
    const shop = await openShopStream(broker(), database);
    const consumer = shop.consume();
    let nSent = 0;
    for (const signal of ["SIGINT", "SIGQUIT"] as const) {
      // The write waits for this lock when the server goes down under it.
      const blocker = await database.pool.connect();
      blocker.on("error", () => {});
      await blocker.query("BEGIN; LOCK TABLE interaction_receipts");
      await sendSlowly(shop, nSent, nSent + 3_000);
      nSent += 3_000;
      const nWaiting = async () => (await blocker.query(WAITING_WRITES_SQL)).rows[0].n;
      await eventually(nWaiting, (n) => n > 0, "a write that waits");
      process.kill(Number(readFileSync(path.join(dir, "postgres/postmaster.pid"), "utf8").split("\n")[0]), signal);
      await eventually(
        () => shop.counted().catch(() => null),
        (answer) => (answer?.rows ?? 0) >= nSent,
        `${nSent} interactions stored`,
      );
      blocker.release(true);
      await expectEachOnce(shop, nSent);
    }
    expect(consumer.events.map(({ kind }) => kind)).toContain("partitionHeld");
    expect(consumer.problems()).toEqual([]);
  }, 180_000);

  test("while PostgreSQL is away partitions wait and say so; when it is back all arrives", async () => {
    const shop = await openShopStream(broker());
    const consumer = shop.consume();
    await shop.send(events(0, 1_000));
    await shop.countsReach(1_000);
    await shutOut(shop, true);
    await shop.send(events(1_000, 3_000));
    await eventually(consumer.held, (held) => held.length > 0, "a partition that waits");
    expect(consumer.problems().join()).toMatch(/^events-\w+\/\d waits for PostgreSQL/);
    await shutOut(shop, false);
    await expectEachOnce(shop, 3_000);
    expect(consumer.problems()).toEqual([]);
    // A broker that has just started may refuse its first group for a moment.
    const kinds = consumer.events.map(({ kind }) => kind).filter((kind) => kind.startsWith("partition"));
    expect(new Set(kinds)).toEqual(new Set(["partitionHeld", "partitionResumed"]));
  });

  test("partitions that wait while members come and go are read again when PostgreSQL is back", async () => {
    const shop = await openShopStream(broker());
    const stored = createStreamWriter(shop.database);
    let isAway = true;
    let nRefused = 0;
    const writer: StreamWriter = {
      async write(chunk) {
        if (!isAway) return stored.write(chunk);
        nRefused++;
        throw new Error("PostgreSQL is away");
      },
    };
    const consumer = shop.consume({ writer });
    await shop.send(events(0, 500), { partition: 0 });
    await shop.send(events(500, 1_000), { partition: 1 });
    // After five refusals of each the pause is longer than it takes to join.
    await eventually(
      () => nRefused,
      (n) => n >= 10,
      "long pauses",
    );
    const guest = shop.consume({ writer });
    await eventually(
      () => guest.held().length,
      (n) => n > 0,
      "a partition that has moved",
    );
    await guest.stop();
    isAway = false;
    await expectEachOnce(shop, 1_000);
    expect(consumer.problems()).toEqual([]);
  });

  test("a topic of dead letters that refuses holds its partition, and the offset, until it takes them", async () => {
    const shop = await openShopStream(broker());
    const consumer = shop.consume();
    await shop.send(events(0, 10), { partition: 0 });
    await shop.countsReach(10);
    const dlq = `${shop.topics.interactions}.dlq`;
    await configure(broker(), dlq, "max.message.bytes", "100");
    await shop.send(["nonsense"], { partition: 0 });
    await eventually(consumer.held, (held) => /waits for the topic of dead letters/.test(held.join()), "the hold");
    expect(await shop.committed()).toBe(10);
    await shop.send(events(10, 20), { partition: 1 });
    await shop.countsReach(20);
    await configure(broker(), dlq, "max.message.bytes", "1000000");
    await shop.send(events(20, 30), { partition: 0 });
    await expectEachOnce(shop, 30, 31);
    const { rows } = await shop.database.pool.query("SELECT reason, payload::text FROM dead_letters");
    expect(rows).toEqual([{ reason: "bad_json", payload: `\\x${Buffer.from("nonsense").toString("hex")}` }]);
  });

  test("of a dead letter too large for its topic the beginning and the hash are kept", async () => {
    const shop = await openShopStream(broker());
    shop.consume();
    const dlq = `${shop.topics.interactions}.dlq`;
    await shop.send(events(0, 1));
    await shop.countsReach(1);
    await configure(broker(), dlq, "max.message.bytes", "100000");
    const huge = Buffer.alloc(300_000, "x");
    await shop.send([huge, event(1)], { key: "ann" });
    await expectEachOnce(shop, 2, 3);
    const { rows } = await shop.database.pool.query(
      "SELECT reason, length(payload) AS kept, n_bytes, sha256 FROM dead_letters",
    );
    const sha256 = createHash("sha256").update(huge).digest("hex");
    expect(rows).toEqual([{ reason: "message_too_large", kept: 65_536, n_bytes: 300_000, sha256 }]);
  });
});
