import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import type { StreamChunk } from "../../src/domain/stream.js";
import { decodeChunk } from "../../src/ingest/decodeChunk.js";
import { replayDeadLetter } from "../../src/ingest/replayDeadLetters.js";
import { createDeadLetterStore } from "../../src/store/deadLetters.js";
import { createStreamWriter } from "../../src/store/streamWriter.js";
import { event, message, OPTIONS } from "../ingest/streams.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();
const writer = createStreamWriter(database);

beforeEach(async () => {
  await database.pool.query(
    "TRUNCATE interactions, interaction_receipts, dead_letters, consumer_offsets, admin_commands, products",
  );
});

function chunk(values: readonly unknown[], more: Partial<StreamChunk> = {}): StreamChunk {
  const messages = values.map((value, i) => message(value, { offset: BigInt(i) }));
  return { ...decodeChunk("interactions", messages, OPTIONS), position: null, ...more };
}

async function numbers(sql: string): Promise<number[]> {
  const { rows } = await database.pool.query<{ n: string }>(sql);
  return rows.map(({ n }) => Number(n));
}

test("whatever is repeated, shuffled and cut into chunks, each event is stored once", async () => {
  const chunks = fc.array(fc.array(fc.nat(40), { maxLength: 20 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(chunks, async (deliveries) => {
      await database.pool.query("TRUNCATE interactions, interaction_receipts");
      // All at once: deliveries of one event in two partitions meet in two transactions.
      const writes = deliveries.map((numbers) => writer.write(chunk(numbers.map((n) => event(n)))));
      const nCounted = (await Promise.all(writes)).reduce((sum, { countedKeys }) => sum + countedKeys.size, 0);
      const nDistinct = new Set(deliveries.flat()).size;
      expect(nCounted).toBe(nDistinct);
      expect(await numbers("SELECT count(*) AS n FROM interactions")).toEqual([nDistinct]);
    }),
    { numRuns: 40 },
  );
});

test("a position moves forward only, except where the partition is shorter than it", async () => {
  const move = (firstOffset: number, nextOffset: number, endOffset: number) => {
    const offsets = { firstOffset: BigInt(firstOffset), nextOffset: BigInt(nextOffset), endOffset: BigInt(endOffset) };
    return writer.write(chunk([], { position: { group: "g", topic: "t", partition: 0, ...offsets } }));
  };
  const position = () => numbers("SELECT next_offset AS n FROM consumer_offsets");
  await move(0, 50, 100);
  await move(50, 80, 100);
  await move(10, 20, 100);
  expect(await position()).toEqual([80]);
  await move(0, 5, 5);
  expect(await position()).toEqual([5]);
});

test("a chunk takes effect as a whole or not at all", async () => {
  const refused = { commandId: "c", type: "t", body: { text: "\0" }, door: "kafka", issuedBy: null } as const;
  const commands = [{ ...refused, issuedAtMs: null, isVerified: false }];
  await expect(writer.write(chunk([event(1)], { commands }))).rejects.toMatchObject({ code: "MESSAGE_REFUSED" });
  expect(await numbers("SELECT count(*) AS n FROM interaction_receipts")).toEqual([0]);
});

test("commands are kept once by their id, and wait in the order in which they were sent", async () => {
  const sent = ["z", "a", "m", "a"].map((id) => message({ command_id: id, type: "retrain_model" }));
  const { commands } = decodeChunk("commands", sent, OPTIONS);
  await writer.write(chunk([], { commands }));
  await writer.write(chunk([], { commands }));
  const { rows } = await database.pool.query("SELECT command_id FROM admin_commands ORDER BY received_at, command_id");
  expect(rows.map(({ command_id }) => command_id)).toEqual(["z", "a", "m"]);
});

test("a message among the dead twice is kept once; of a topic made anew the same offset is another", async () => {
  await writer.write(chunk(["nonsense"]));
  await writer.write(chunk(["nonsense"]));
  const anew = message("nonsense", { sentAtMs: OPTIONS.nowMs + 1 });
  await writer.write({ ...decodeChunk("interactions", [anew], OPTIONS), position: null });
  expect(await numbers("SELECT count(*) AS n FROM dead_letters")).toEqual([2]);
});

test("a dead letter keeps its bytes and headers, and counts once when what refused it is gone", async () => {
  const headers = [
    ["trace", Buffer.from("abc")],
    ["raw", Buffer.from([0xff, 0])],
  ] as const;
  // Two deliveries by a producer that repeats itself, from a clock that was ahead.
  const early = [0n, 1n].map((offset) =>
    message(event(5, { timestamp: OPTIONS.nowMs + 3_600_000 }), { offset, headers }),
  );
  await writer.write({ ...decodeChunk("interactions", early, OPTIONS), position: null });
  const store = createDeadLetterStore(database);
  const letters = await store.waiting({ reason: "future_timestamp", after: 0, most: 10 });
  expect(letters).toHaveLength(2);
  expect(letters[0].headers.map(([name, value]) => [name, [...value]])).toEqual([
    ["trace", [...Buffer.from("abc")]],
    ["raw", [0xff, 0]],
  ]);
  const kinds = new Map([["user-interactions", "interactions"]] as const);
  const later = { ...OPTIONS, nowMs: OPTIONS.nowMs + 3_600_000 };
  for (const letter of letters) {
    expect(await replayDeadLetter(letter, { writer, kinds, options: OPTIONS })).toMatchObject({ isBroughtIn: false });
    expect(await replayDeadLetter(letter, { writer, kinds, options: later })).toEqual({ isBroughtIn: true });
    await store.markReplayed([letter.deadLetterId]);
  }
  expect(await numbers("SELECT count(*) AS n FROM interactions")).toEqual([1]);
  expect(await store.waiting({ reason: null, after: 0, most: 10 })).toEqual([]);
});
