import { expect, it } from "vitest";
import type { EventCount } from "../../src/domain/eventCount.js";
import type { Interaction } from "../../src/domain/interaction.js";
import { createIntake } from "../../src/ingest/intake.js";
import { createWriteBatcher } from "../../src/ingest/writeBatcher.js";
import { MemoryWriter } from "./memoryWriter.js";

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const event = (more: Record<string, unknown> = {}) => ({
  user_id: "u1",
  product_id: "p1",
  timestamp: "2026-11-23T11:00:00Z",
  action_type: "view",
  ...more,
});

function open() {
  const writer = new MemoryWriter();
  const counts: EventCount[] = [];
  const countEvents = (count: EventCount) => void counts.push(count);
  return { writer, counts, intake: createIntake({ writer, clock: () => NOW_MS, countEvents }) };
}

const anything = () => {};

it("good events are written in one write, bad ones come back with their place and reason", async () => {
  const { writer, intake } = open();
  const result = await intake.record(
    [event({ product_id: "" }), event(), event({ user_id: "u2" }), event({ value: "x" })],
    "http",
  );
  expect(result).toMatchObject({ accepted: 2, duplicates: 0 });
  expect(result.rejected.map(({ index, reason }) => [index, reason])).toEqual([
    [0, "missing_product_id"],
    [3, "bad_number"],
  ]);
  expect(result.rejected[0].message).toContain("product_id is required");
  expect(writer.calls).toEqual(["interactions 2"]);
});

it("the same event twice in one call counts once, and once more is a duplicate again", async () => {
  const { writer, intake } = open();
  expect(await intake.record([event(), event()], "http")).toMatchObject({ accepted: 1, duplicates: 1 });
  expect(await intake.record([event()], "http")).toMatchObject({ accepted: 0, duplicates: 1 });
  expect(writer.interactions.size).toBe(1);
});

it("one event id is one event, whatever else differs", async () => {
  const { intake } = open();
  const twice = [event({ event_id: "e" }), event({ event_id: "e", timestamp: "2026-11-23T10:00:00Z" })];
  expect(await intake.record(twice, "http")).toMatchObject({ accepted: 1, duplicates: 1 });
});

it("without a good event nothing is written", async () => {
  const { writer, intake } = open();
  expect(await intake.record([event({ user_id: null })], "http")).toMatchObject({ accepted: 0, duplicates: 0 });
  expect(await intake.record([], "http")).toEqual({ accepted: 0, duplicates: 0, rejected: [], nRejected: 0 });
  expect(writer.calls).toEqual([]);
});

it("an event from the future is judged by the clock of the service", async () => {
  const { intake } = open();
  const { rejected } = await intake.record([event({ timestamp: "2026-11-23T12:11:00Z" })], "http");
  expect(rejected[0].reason).toBe("future_timestamp");
});

it("every event is told once by action and fate, the door beside it", async () => {
  const { intake, counts } = open();
  await intake.record([event()], "http");
  counts.length = 0;
  const bought = event({ action_type: "purchase", event_id: "b" });
  await intake.record(
    [event(), bought, bought, event({ action_type: "wink" }), event({ product_id: null })],
    "graphql",
  );
  expect(counts.sort((a, b) => `${a.action} ${a.fate}`.localeCompare(`${b.action} ${b.fate}`))).toEqual([
    { source: "graphql", action: "other", fate: "accepted", nEvents: 1 },
    { source: "graphql", action: "purchase", fate: "accepted", nEvents: 1 },
    { source: "graphql", action: "purchase", fate: "duplicate", nEvents: 1 },
    { source: "graphql", action: "view", fate: "duplicate", nEvents: 1 },
    { source: "graphql", action: "view", fate: "rejected", nEvents: 1 },
  ]);
});

it("events that could not be written are told nobody: they will come again", async () => {
  const counts: EventCount[] = [];
  const writer = { write: () => Promise.reject(new Error("away")) };
  const intake = createIntake({ writer, clock: () => NOW_MS, countEvents: (count) => void counts.push(count) });
  await expect(intake.record([event(), event({ user_id: null })], "http")).rejects.toThrow("away");
  expect(counts).toEqual([]);
});

it("a million mistakes are told a thousand times and counted", async () => {
  const { intake } = open();
  const { rejected, nRejected } = await intake.record(Array(2500).fill(event({ value: "x" })), "http");
  expect([rejected.length, rejected[999].index, nRejected]).toEqual([1000, 999, 2500]);
});

it("a large call lets others be served between its turns", async () => {
  const { intake } = open();
  let nTurns = 0;
  let other: NodeJS.Immediate;
  const serveOthers = () => {
    nTurns++;
    other = setImmediate(serveOthers);
  };
  other = setImmediate(serveOthers);
  await intake.record(
    Array.from({ length: 10_000 }, (_, i) => event({ event_id: i })),
    "http",
  );
  clearImmediate(other);
  expect(nTurns).toBeGreaterThanOrEqual(9);
});

it("a body is a JSON array or NDJSON, and both come to the same", async () => {
  const events = [event(), event({ user_id: "u2" }), event({ value: "x" })];
  const array = open();
  const lines = open();
  const ndjson = `\ufeff${events.map((one) => JSON.stringify(one)).join("\r\n\n")}\n`;
  const ofArray = await array.intake.recordBody(Buffer.from(JSON.stringify(events)), "json", anything);
  expect(await lines.intake.recordBody(Buffer.from(ndjson), "ndjson", anything)).toEqual(ofArray);
  expect(ofArray).toMatchObject({ accepted: 2, duplicates: 0, nRejected: 1, rejected: [{ index: 2 }] });
  expect([...lines.writer.interactions]).toEqual([...array.writer.interactions]);
});

it.each([
  ["no JSON", '[{"user_id": "u1"', "found text that is none"],
  ["an object", "{}", "found an object"],
  ["nothing", "", "found text that is none"],
  ["null", "null", "found nothing"],
  ["bytes that are not UTF-8", Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), "found bytes that are not UTF-8"],
])("a body that is %s instead of an array is refused whole", async (_name, body, found) => {
  const { intake, writer } = open();
  const refused = intake.recordBody(Buffer.from(body), "json", anything);
  await expect(refused).rejects.toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining(found) });
  expect(writer.calls).toEqual([]);
});

it("a line that cannot be read is rejected alone", async () => {
  const { intake } = open();
  const line = JSON.stringify(event());
  const body = Buffer.concat([
    Buffer.from(`${line}\n{"user_id": \n[]\n`),
    Buffer.from([0x22, 0xff, 0x22, 0x0a]),
    Buffer.from(JSON.stringify(event({ user_id: "u2" }))),
  ]);
  const { accepted, rejected } = await intake.recordBody(body, "ndjson", anything);
  expect(accepted).toBe(2);
  expect(rejected.map(({ index, reason }) => [index, reason])).toEqual([
    [1, "bad_json"],
    [2, "not_an_object"],
    [3, "not_utf8"],
  ]);
});

it("what may not be written is written neither in part", async () => {
  const { intake, writer } = open();
  const refuse = () => {
    throw new Error("not yours");
  };
  const body = Buffer.from(JSON.stringify([event()]));
  await expect(intake.recordBody(body, "json", refuse)).rejects.toThrow("not yours");
  expect(writer.calls).toEqual([]);
});

it("a copy of what an erased shopper did is rejected in its place, and told as erased", async () => {
  const { counts } = open();
  const writer = new MemoryWriter();
  const forgetful = {
    write: async (interactions: readonly Interaction[]) => {
      const [first, ...others] = interactions;
      return { ...(await writer.write(others)), erased: 1, erasedKeys: new Set([first.eventKey]) };
    },
  };
  const countEvents = (count: EventCount) => void counts.push(count);
  const intake = createIntake({ writer: createWriteBatcher(forgetful), clock: () => NOW_MS, countEvents });
  const { accepted, duplicates, rejected } = await intake.record([event(), event({ user_id: "u2" })], "http");
  expect([accepted, duplicates]).toEqual([1, 0]);
  expect(rejected.map(({ index, reason }) => [index, reason])).toEqual([[0, "erased_shopper"]]);
  expect(counts.map(({ fate }) => fate).sort()).toEqual(["accepted", "erased"]);
});
