import { expect, test } from "vitest";
import { BAD_EVENTS, event } from "../ingest/streams.js";
import { openShopStream } from "../tools/shopStream.js";
import { describeWithKafka, eventually } from "../tools/testKafka.js";

/** Events 0 to n − 1. */
function events(n: number): Record<string, unknown>[] {
  return Array.from({ length: n }, (_, i) => event(i));
}

describeWithKafka("the streams of a shop, through a real broker", (broker) => {
  test("an event counts once, and is committed to the broker after it is stored", async () => {
    const shop = await openShopStream(broker());
    shop.consume();
    await shop.send(events(3_000));
    await shop.countsReach(3_000);
    expect(await shop.counted()).toEqual({ rows: 3_000, distinct: 3_000, receipts: 3_000 });
    await eventually(shop.committed, (n) => n === 3_000, "the commit");
    const { rows } = await shop.database.pool.query("SELECT sum(next_offset)::int AS n FROM consumer_offsets");
    expect(rows).toEqual([{ n: 3_000 }]);
  });

  test("messages that can never succeed go to the dead letters with bytes and reason, those around them count", async () => {
    const shop = await openShopStream(broker());
    shop.consume();
    const bad = BAD_EVENTS.map(([, , value]) => value);
    await shop.send([event(1), ...bad, event(2)], { key: "ann" });
    await shop.countsReach(2);
    const { rows } = await shop.database.pool.query(
      'SELECT reason, payload, n_bytes FROM dead_letters ORDER BY "offset"',
    );
    expect(rows.map(({ reason }) => reason)).toEqual(BAD_EVENTS.map(([, reason]) => reason));
  });
});
