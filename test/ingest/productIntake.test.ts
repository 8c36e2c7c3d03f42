import { expect, it } from "vitest";
import type { StreamChunk } from "../../src/domain/stream.js";
import { createProductIntake } from "../../src/ingest/productIntake.js";

const NOW_MS = Date.UTC(2026, 10, 25, 12);

function open() {
  const chunks: StreamChunk[] = [];
  const write = async (chunk: StreamChunk) => {
    chunks.push(chunk);
    return { countedKeys: new Set<string>(), erasedKeys: new Set<string>() };
  };
  const intake = createProductIntake({ writer: { write }, clock: () => NOW_MS });
  const send = (messages: unknown, format: "json" | "ndjson" = "json") =>
    intake.updateBody(Buffer.from(format === "json" ? JSON.stringify(messages) : String(messages)), format);
  return { chunks, send };
}

it("products are written as the topic's messages would be, those that make no sense come back", async () => {
  const { chunks, send } = open();
  const result = await send([{ product_id: "cup", version: 3, price: 2, available: false }, { product_id: "pot" }, 7]);
  expect(chunks).toHaveLength(1);
  expect(chunks[0]).toMatchObject({ position: null, interactions: [], commands: [], deadLetters: [] });
  expect(chunks[0].updates).toEqual([
    {
      change: { productId: "cup", price: 2, isAvailable: false },
      isDeleted: false,
      version: 3,
      sentAtMs: NOW_MS,
    },
  ]);
  expect(result).toMatchObject({ accepted: 1, nRejected: 2 });
  expect(result.rejected.map(({ index, reason }) => [index, reason])).toEqual([
    [1, "missing_version"],
    [2, "not_an_object"],
  ]);
});

it("lines are taken one by one, and a broken one is rejected alone", async () => {
  const { chunks, send } = open();
  const result = await send('{"product_id": "cup", "version": 1, "deleted": true}\n{"product_id": \n', "ndjson");
  expect(result).toMatchObject({ accepted: 1, nRejected: 1 });
  expect(chunks[0].updates[0].isDeleted).toBe(true);
});

it("without a good product nothing is written", async () => {
  const { chunks, send } = open();
  expect(await send([])).toEqual({ accepted: 0, rejected: [], nRejected: 0 });
  expect(chunks).toEqual([]);
});

it("a body that is no list is refused in words", async () => {
  const { send } = open();
  await expect(send({ product_id: "cup" })).rejects.toThrow(
    /^Cannot read the products: a JSON array is required, found/,
  );
});
