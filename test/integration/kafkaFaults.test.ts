import { createRequire } from "node:module";
import { expect, onTestFinished, test, vi } from "vitest";
import type { ConsumerEvent } from "../../src/ingest/kafkaConsumer.js";
import { event } from "../ingest/streams.js";
import { type RunningCommand, startCommand } from "../tools/command.js";
import { PATIENCE } from "../tools/patience.js";
import { openShopStream, type ShopStream } from "../tools/shopStream.js";
import { describeWithKafka, eventually, type TestBroker } from "../tools/testKafka.js";
import { events, expectEachOnce, sendSlowly, WAITING_WRITES_SQL } from "./eventStream.js";

const require = createRequire(import.meta.url);
const Cluster = require("kafkajs/src/cluster/index.js");
const { KafkaJSGroupCoordinatorNotFound } = require("kafkajs/src/errors.js");

/** A consumer in a process of its own. */
function startConsume(shop: ShopStream, broker: TestBroker, more: Record<string, string> = {}): RunningCommand {
  return startCommand(["consume"], {
    DATABASE_URL: shop.database.url,
    KAFKA_BROKERS: broker.address,
    KAFKA_GROUP_ID: shop.groupId,
    KAFKA_TOPIC_INTERACTIONS: shop.topics.interactions,
    KAFKA_TOPIC_PRODUCTS: shop.topics.products,
    KAFKA_TOPIC_COMMANDS: shop.topics.commands,
    KAFKA_SESSION_TIMEOUT_MS: "6000",
    ...more,
  });
}

describeWithKafka("what can happen to a consumer", (broker) => {
  test("a consumer killed between its write and its commit leaves nothing lost and nothing doubled", async () => {
    const shop = await openShopStream(broker());
    await shop.send(events(0, 2_000));
    const blocker = await shop.database.pool.connect();
    await blocker.query("BEGIN; LOCK TABLE interaction_receipts");
    const victim = startConsume(shop, broker());
    await eventually(
      async () => (await blocker.query(WAITING_WRITES_SQL)).rows[0].n,
      (n) => n > 0,
      "a write that waits",
    );
    broker().signal("SIGSTOP");
    await blocker.query("COMMIT");
    blocker.release();
    await shop.countsReach(1);
    victim.process.kill("SIGKILL");
    await victim.ended;
    // A commit that the victim had sent waits in the broker's socket, and is gone with it.
    await broker().restart("SIGKILL");
    expect(await shop.committed()).toBe(0);

    const heir = shop.consume();
    await expectEachOnce(shop, 2_000);
    expect(heir.chunks.reduce((sum, { nMessages }) => sum + nMessages, 0)).toBe(2_000);
  }, 180_000);

  test("consumers that come and go under load share the work, and each event counts once", async () => {
    const shop = await openShopStream(broker());
    const first = shop.consume();
    await sendSlowly(shop, 0, 4_000);
    await shop.countsReach(1);
    const second = shop.consume();
    await eventually(
      () => second.events.length,
      (n) => n > 0,
      "the second consumer's joining",
    );
    await sendSlowly(shop, 4_000, 8_000);
    await eventually(
      () => second.chunks.length,
      (n) => n > 0,
      "work of the second consumer",
    );
    await Promise.all([sendSlowly(shop, 8_000, 12_000), first.stop()]);
    await expectEachOnce(shop, 12_000);
  }, 180_000);

  test("a broker that is restarted, killed or hangs holds the stream up and breaks nothing", async () => {
    const shop = await openShopStream(broker());
    const consumer = shop.consume();
    await sendSlowly(shop, 0, 2_000);
    await shop.countsReach(1);
    await Promise.all([broker().restart("SIGTERM"), sendSlowly(shop, 2_000, 4_000)]);
    await shop.countsReach(4_000);
    await broker().restart("SIGKILL");
    await sendSlowly(shop, 4_000, 6_000);
    await shop.countsReach(6_000);
    broker().signal("SIGSTOP");
    const sending = sendSlowly(shop, 6_000, 8_000);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    broker().signal("SIGCONT");
    await sending;
    await expectEachOnce(shop, 8_000);
    expect(consumer.problems()).toEqual([]);
  }, 180_000);

  test("a group's coordinator that nobody can name is asked for again until somebody can", async () => {
    const shop = await openShopStream(broker());
    const consumer = shop.consume();
    await shop.send(events(0, 500));
    await expectEachOnce(shop, 500);
    const guest = shop.consume();
    await eventually(
      () => guest.problems().length,
      (n) => n === 0,
      "the guest's joining",
    );
    // What the client makes of a connection that breaks while it asks: it gives up over it.
    const asking = vi
      .spyOn(Cluster.prototype, "findGroupCoordinatorMetadata")
      .mockRejectedValue(new KafkaJSGroupCoordinatorNotFound("Failed to find group coordinator"));
    onTestFinished(() => asking.mockRestore());
    const isCrash = ({ kind }: ConsumerEvent) => kind === "consumerCrashed";
    const nBefore = consumer.events.filter(isCrash).length;
    // Who is left has to join anew.
    await guest.stop();
    await eventually(
      () => consumer.events.filter(isCrash).length - nBefore,
      (n) => n >= 2,
      "a second attempt",
    );
    expect(consumer.problems()).toEqual(["the consumer has not joined its group"]);
    asking.mockRestore();
    await shop.send(events(500, 1_000));
    await expectEachOnce(shop, 1_000);
    expect(consumer.problems()).toEqual([]);
  }, 180_000);

  test("duplicates in any order, and a replay from offset 0, change nothing", async () => {
    const shop = await openShopStream(broker());
    const consumer = shop.consume();
    const all = [...events(0, 1_500), ...events(500, 2_000).reverse(), ...events(0, 2_000)];
    // The same event in another partition meets its copy in another transaction at the same time.
    await Promise.all([shop.send(all, { partition: 0 }), shop.send(all.toReversed(), { partition: 1 })]);
    await expectEachOnce(shop, 2_000, 2 * all.length);
    await consumer.stop();
    const admin = broker().kafka.admin();
    await admin.connect();
    await admin.resetOffsets({ groupId: shop.groupId, topic: shop.topics.interactions, earliest: true });
    await admin.disconnect();
    const again = shop.consume();
    const nRead = () => again.chunks.reduce((sum, { nMessages }) => sum + nMessages, 0);
    await eventually(nRead, (n) => n === 2 * all.length, "the replay");
    await expectEachOnce(shop, 2_000, 2 * all.length);
  });

  test("a replay does not bring back what is older than what is kept", async () => {
    const shop = await openShopStream(broker());
    const oldestMs = Date.parse(String(event(600).timestamp));
    const consumer = shop.consume({ oldestMs });
    await shop.send(events(0, 1_000));
    await expectEachOnce(shop, 400, 1_000);
    expect(consumer.chunks.reduce((sum, { decoded }) => sum + decoded.nTooOld, 0)).toBe(600);
    const { rows } = await shop.database.pool.query("SELECT count(*)::int AS n FROM dead_letters");
    expect(rows).toEqual([{ n: 0 }]);
  });

  test("of a topic that is deleted and made anew every new event arrives", async () => {
    const shop = await openShopStream(broker());
    shop.consume();
    await shop.send(events(0, 1_000));
    await expectEachOnce(shop, 1_000);
    const admin = broker().kafka.admin();
    await admin.connect();
    const topic = shop.topics.interactions;
    await admin.deleteTopics({ topics: [topic] });
    await eventually(
      () => admin.listTopics(),
      (topics) => !topics.includes(topic),
      "the deletion",
    );
    await admin.createTopics({ topics: [{ topic }] }).catch(() => {});
    await admin.disconnect();
    // Fewer than before in one partition, more in the other: neither end of the old positions may hide them.
    await sendSlowly(shop, 1_000, 1_200);
    await shop.countsReach(1_200);
    await sendSlowly(shop, 1_200, 3_500);
    await shop.countsReach(3_500);
    expect(await shop.counted()).toEqual({ rows: 3_500, distinct: 3_500, receipts: 3_500 });
    const { rows } = await shop.database.pool.query("SELECT sum(next_offset)::int AS n FROM consumer_offsets");
    expect(rows).toEqual([{ n: 2_500 }]);
  });

  test("topics that are gone are made anew, and what comes then arrives", async () => {
    const shop = await openShopStream(broker());
    const consumer = shop.consume();
    await shop.send(events(0, 500));
    await expectEachOnce(shop, 500);
    const admin = broker().kafka.admin();
    await admin.connect();
    onTestFinished(() => admin.disconnect());
    const topics = Object.values(shop.topics);
    await admin.deleteTopics({ topics });
    const gone = () => consumer.events.filter(({ kind }) => kind === "topicsMissing");
    await vi.waitFor(() => expect(gone()).toMatchObject([{ topics }]), PATIENCE);
    // This broker gives nobody a topic for the asking, so nobody else makes them.
    await vi.waitFor(async () => expect(await admin.listTopics()).toEqual(expect.arrayContaining(topics)), PATIENCE);
    await sendSlowly(shop, 500, 1_500);
    await shop.countsReach(1_500);
    expect(await shop.counted()).toEqual({ rows: 1_500, distinct: 1_500, receipts: 1_500 });
    await vi.waitFor(() => expect(consumer.problems()).toEqual([]), PATIENCE);
  });

  test("a consumer that is told to stop under load drains, commits and ends with 0", async () => {
    const shop = await openShopStream(broker());
    await sendSlowly(shop, 0, 10_000);
    const stopped = startConsume(shop, broker());
    await shop.countsReach(1);
    const sending = sendSlowly(shop, 10_000, 12_000);
    stopped.process.kill("SIGTERM");
    expect(await stopped.ended).toMatchObject({ code: 0, stderr: "" });
    await sending;
    const nStored = (await shop.counted()).rows;
    expect(await shop.committed()).toBe(nStored);
    shop.consume();
    await expectEachOnce(shop, 12_000);
  });

  test("a crash that the client does not recover from ends the process", async () => {
    const shop = await openShopStream(broker());
    // More than the broker allows: it refuses the member for good.
    const command = startConsume(shop, broker(), { KAFKA_SESSION_TIMEOUT_MS: "300000" });
    const { code, stderr } = await command.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/consumerCrashed/);
    expect(stderr.trim().split("\n").at(-1)).toMatch(
      /^Cannot consume: brokers that accept this .* found "The session timeout is not within .* KAFKA_SESSION_TIMEOUT_MS$/,
    );
  });
});
