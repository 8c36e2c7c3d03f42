import { expect, it } from "vitest";
import { createIntake } from "../../src/ingest/intake.js";
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
  return { writer, intake: createIntake({ writer, clock: () => NOW_MS }) };
}

it("good events are written in one write, bad ones come back with their place and reason", async () => {
  const { writer, intake } = open();
  const result = await intake.record([
    event({ product_id: "" }),
    event(),
    event({ user_id: "u2" }),
    event({ value: "x" }),
  ]);
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
  expect(await intake.record([event(), event()])).toMatchObject({ accepted: 1, duplicates: 1 });
  expect(await intake.record([event()])).toMatchObject({ accepted: 0, duplicates: 1 });
  expect(writer.interactions.size).toBe(1);
});

it("one event id is one event, whatever else differs", async () => {
  const { intake } = open();
  const twice = [event({ event_id: "e" }), event({ event_id: "e", timestamp: "2026-11-23T10:00:00Z" })];
  expect(await intake.record(twice)).toMatchObject({ accepted: 1, duplicates: 1 });
});

it("without a good event nothing is written", async () => {
  const { writer, intake } = open();
  expect(await intake.record([event({ user_id: null })])).toMatchObject({ accepted: 0, duplicates: 0 });
  expect(await intake.record([])).toEqual({ accepted: 0, duplicates: 0, rejected: [] });
  expect(writer.calls).toEqual([]);
});

it("an event from the future is judged by the clock of the service", async () => {
  const { intake } = open();
  const { rejected } = await intake.record([event({ timestamp: "2026-11-23T12:11:00Z" })]);
  expect(rejected[0].reason).toBe("future_timestamp");
});
