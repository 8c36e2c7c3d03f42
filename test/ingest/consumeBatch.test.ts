import { expect, test } from "vitest";
import { RecommenderError } from "../../src/domain/errors.js";
import type { StreamChunk } from "../../src/domain/stream.js";
import { ChunkPace, chunkEnd, holdDelayMs } from "../../src/ingest/chunkPolicy.js";
import { type BatchInHand, consumeBatch, HeldBack } from "../../src/ingest/consumeBatch.js";
import { event, message, OPTIONS } from "./streams.js";

const NONE: ReadonlySet<string> = new Set();

/** A batch of values, and a record of all that is done with it, in order. */
function handOver(values: readonly unknown[], write: (chunk: StreamChunk) => void = () => {}) {
  const done: string[] = [];
  const messages = values.map((value, i) => message(value, { offset: BigInt(i) }));
  const batch: BatchInHand = {
    group: "g",
    kind: "interactions",
    topic: "t",
    partition: 0,
    messages,
    endOffset: BigInt(values.length),
    isOver: () => false,
    settle: async (next) => void done.push(`settle ${next}`),
  };
  const parts = {
    writer: {
      write: async (chunk: StreamChunk) => {
        write(chunk);
        done.push(`write ${chunk.interactions.length}+${chunk.deadLetters.length}`);
        return { countedKeys: NONE, erasedKeys: NONE };
      },
    },
    deadLetters: {
      send: async (letters: StreamChunk["deadLetters"]) => {
        done.push(`send ${letters.map(({ reason }) => reason)}`);
        return letters;
      },
    },
    pace: new ChunkPace(),
    options: () => OPTIONS,
    clock: () => 0,
    onChunk: () => {},
  };
  return { batch, parts, done };
}

test("dead letters are with the broker before the write, and the offset moves after it", async () => {
  const { batch, parts, done } = handOver([event(1), "nonsense", event(2)]);
  await consumeBatch(batch, parts);
  expect(done).toEqual(["send bad_json", "write 2+1", "settle 3"]);
});

test("a write that fails never moves the offset", async () => {
  const { batch, parts, done } = handOver([event(1)], () => {
    throw new Error("connection refused");
  });
  await expect(consumeBatch(batch, parts)).rejects.toMatchObject({ because: "PostgreSQL" });
  expect(done).toEqual([]);
});

test("a message that dead letters do not take never moves the offset, nor is anything written", async () => {
  const { batch, parts, done } = handOver(["nonsense", event(1)]);
  parts.deadLetters.send = () => Promise.reject(new Error("refused"));
  await expect(consumeBatch(batch, parts)).rejects.toBeInstanceOf(HeldBack);
  expect(done).toEqual([]);
});

test("of a chunk with a message that the store will never take, only that one is dead", async () => {
  const { batch, parts, done } = handOver(
    [0, 1, 2, 3].map((n) => event(n)),
    ({ interactions }) => {
      if (interactions.some(({ productId }) => productId === "p2")) throw new RecommenderError("MESSAGE_REFUSED", "no");
    },
  );
  await consumeBatch(batch, parts);
  expect(done).toEqual([
    "write 2+0",
    "settle 2",
    "send refused_by_store",
    "write 0+1",
    "settle 3",
    "write 1+0",
    "settle 4",
  ]);
});

test("a consumer that stops, or has lost its partition, begins no further chunk", async () => {
  const { batch, parts, done } = handOver(Array.from({ length: 5_000 }, (_, n) => event(n)));
  await consumeBatch({ ...batch, isOver: () => done.length > 0 }, parts);
  expect(done).toEqual(["write 2000+0", "settle 2000"]);
});

test("chunks end at their count or their bytes, and hold at least one message", () => {
  expect(chunkEnd([1, 1, 1, 1], 1, { maxMessages: 2, maxBytes: 100 })).toBe(3);
  expect(chunkEnd([40, 40, 40], 0, { maxMessages: 9, maxBytes: 100 })).toBe(2);
  expect(chunkEnd([500, 1], 0, { maxMessages: 9, maxBytes: 100 })).toBe(1);
});

test("chunks shrink while writing is slow and grow again", () => {
  const pace = new ChunkPace();
  pace.took(2000, 900);
  pace.took(1000, 900);
  expect(pace.limits.maxMessages).toBe(500);
  pace.took(500, 400);
  expect(pace.limits.maxMessages).toBe(500);
  for (let i = 0; i < 9; i++) pace.took(500, 10);
  expect(pace.limits.maxMessages).toBe(2000);
});

test("a partition waits longer after each failure, but never long", () => {
  expect([1, 2, 3, 50].map(holdDelayMs)).toEqual([250, 500, 1000, 10_000]);
});
