import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RawInteraction } from "../../src/domain/engine.js";
import { deriveEventKey } from "../../src/domain/interaction.js";
import { type DecodeOptions, decodeInteraction } from "../../src/ingest/decodeInteraction.js";
import { REJECT_REASONS, Rejection } from "../../src/ingest/rejection.js";

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const LIVE: DecodeOptions = { nowMs: NOW_MS, door: "live" };
const FILE: DecodeOptions = { nowMs: NOW_MS, door: "file" };
const GOOD = { user_id: "u1", product_id: "p1", timestamp: "2026-11-23T11:00:00Z", action_type: "view" };

function decode(raw: unknown, options: DecodeOptions = LIVE) {
  const decoded = decodeInteraction(raw as RawInteraction, options);
  if (decoded instanceof Rejection) throw new Error(`rejected: ${decoded.reason}: ${decoded.message}`);
  return decoded.interaction;
}

function refusal(raw: unknown, options: DecodeOptions = LIVE): Rejection {
  const decoded = decodeInteraction(raw as RawInteraction, options);
  if (decoded instanceof Rejection) return decoded;
  throw new Error(`accepted: ${JSON.stringify(decoded)}`);
}

const reasonOf = (raw: unknown, options?: DecodeOptions) => refusal(raw, options).reason;

describe("shoppers, products and actions", () => {
  it("a complete event becomes an interaction with every field in its unit", () => {
    const more = { session_id: "s", order_id: 7, event_id: "e", value: "2", quantity: 3, price: 1.5 };
    expect(decode({ ...GOOD, ...more })).toEqual({
      eventKey: deriveEventKey("e", {} as never),
      userId: "u1",
      sessionId: "s",
      productId: "p1",
      actionName: "view",
      value: 2,
      orderId: "7",
      quantity: 3,
      price: 1.5,
      occurredAtMs: Date.UTC(2026, 10, 23, 11),
    });
  });

  it("a session alone is a shopper, nobody at all is not", () => {
    expect(decode({ ...GOOD, user_id: null, session_id: "s" })).toMatchObject({ userId: null, sessionId: "s" });
    expect(reasonOf({ ...GOOD, user_id: "" })).toBe("missing_shopper");
  });

  it("an event without a product or an action is refused", () => {
    expect(reasonOf({ ...GOOD, product_id: undefined })).toBe("missing_product_id");
    expect(reasonOf({ ...GOOD, action_type: null })).toBe("missing_action");
    expect(reasonOf({ ...GOOD, action_type: "  " })).toBe("missing_action");
  });

  it.each(["user_id", "session_id", "product_id", "order_id", "event_id"])("%s is checked like every id", (field) => {
    for (const bad of ["a\0b", "\ud800", "x".repeat(10_240), {}, [], true, 1.5, 2 ** 53]) {
      expect(reasonOf({ ...GOOD, [field]: bad })).toBe("bad_id");
    }
  });

  it("an id may hold emoji, and a whole number is its decimal digits", () => {
    expect(decode({ ...GOOD, product_id: "🎁" }).productId).toBe("🎁");
    expect(decode({ ...GOOD, user_id: 42 }).eventKey).toBe(decode({ ...GOOD, user_id: "42" }).eventKey);
  });

  it("an action is trimmed and lower-cased, and an unknown one keeps its name", () => {
    expect(decode({ ...GOOD, action_type: " Add_To_Cart " }).actionName).toBe("add_to_cart");
    expect(decode({ ...GOOD, action_type: "Hover" }).actionName).toBe("hover");
    for (const bad of [5, {}, "a\0", "\udfff", "x".repeat(257)]) {
      expect(reasonOf({ ...GOOD, action_type: bad })).toBe("bad_action");
    }
  });

  it.each([null, undefined, 5, "text", [], true])("%s is no event", (raw) => {
    expect(reasonOf(raw)).toBe("not_an_object");
  });
});

describe("times", () => {
  const at = (timestamp: unknown, options?: DecodeOptions) => decode({ ...GOOD, timestamp }, options).occurredAtMs;
  const ms = Date.UTC(2011, 11, 1, 8, 26);

  it.each([
    ["2011-12-01T08:26:00Z", ms],
    ["2011-12-01 08:26:00.250+00:00", ms + 250],
    ["2011-12-01T10:26+02:00", ms],
    ["2011-12-01T02:56:00,5-0530", ms + 500],
    [ms / 1000, ms],
    [ms, ms],
    [String(ms / 1000), ms],
    [String(ms), ms],
  ])("%s is read", (timestamp, expected) => {
    expect(at(timestamp)).toBe(expected);
  });

  it("numbers below 1e11 are seconds, from there on milliseconds", () => {
    expect(at(1e9)).toBe(1e12);
    expect(at(1e11)).toBe(1e11);
  });

  it("a refused timestamp is told every form that there is", () => {
    const forms = "(2026-05-01T12:00:00Z), or seconds or milliseconds since 1970 (as text 9 to 14 digits), is required";
    const year = "ISO 8601 with a year from 1970 to 9999";
    const zero = { ...GOOD, timestamp: "0" };
    expect(refusal(zero, FILE).message).toBe(`Cannot take timestamp: ${year} ${forms}, found "0"`);
    expect(refusal(zero).message).toBe(`Cannot take timestamp: ${year} and a zone ${forms}, found "0"`);
  });

  it("text without a zone is UTC in a file and refused live", () => {
    expect(at("2011-12-01 08:26:00", FILE)).toBe(ms);
    expect(at("2011-12-01", FILE)).toBe(Date.UTC(2011, 11, 1));
    expect(reasonOf({ ...GOOD, timestamp: "2011-12-01 08:26:00" })).toBe("bad_timestamp");
  });

  it("a file row without a time is old, a live event without one is refused", () => {
    expect(at("", FILE)).toBeNull();
    expect(reasonOf({ ...GOOD, timestamp: "" })).toBe("missing_timestamp");
  });

  it("an event may be ten minutes ahead and no more, at either door, once it was moved", () => {
    const ahead = (extraMs: number) => new Date(NOW_MS + 600_000 + extraMs).toISOString();
    expect(at(ahead(0))).toBe(NOW_MS + 600_000);
    expect(reasonOf({ ...GOOD, timestamp: ahead(1) })).toBe("future_timestamp");
    expect(reasonOf({ ...GOOD, timestamp: ahead(1) }, FILE)).toBe("future_timestamp");
    expect(at(ahead(1), { ...FILE, shiftMs: -1 })).toBe(NOW_MS + 600_000);
  });

  it.each([
    "yesterday",
    "2011",
    "20111201",
    "2011-02-29T00:00:00Z",
    "2011-13-01T00:00:00Z",
    "2011-12-01T24:00:00Z",
    "2011-12-01T00:00:00+25:00",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "2011-12-01T08:26:00Z; DROP",
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    1e300,
    {},
    true,
  ])("%s is no time that can be stored", (timestamp) => {
    expect(reasonOf({ ...GOOD, timestamp }, FILE)).toBe("bad_timestamp");
  });

  it("moving times changes no key", () => {
    const moved = decode(GOOD, { ...FILE, shiftMs: -86_400_000 });
    expect(moved.occurredAtMs).toBe(decode(GOOD, FILE).occurredAtMs! - 86_400_000);
    expect(moved.eventKey).toBe(decode(GOOD, FILE).eventKey);
    expect(decode({ ...GOOD, timestamp: "" }, { ...FILE, shiftMs: 1 }).occurredAtMs).toBeNull();
  });

  it("a time that moving would carry out of the storable years is refused", () => {
    expect(reasonOf(GOOD, { ...FILE, shiftMs: -Date.UTC(2030, 0) })).toBe("bad_timestamp");
  });
});

describe("numbers and messages", () => {
  it.each(["value", "quantity", "price"] as const)("%s is a finite decimal number or absent", (field) => {
    const read = (value: unknown) => decode({ ...GOOD, [field]: value })[field];
    expect([read(""), read(null), read("-2.5e1"), read(" 3 "), read(0)]).toEqual([null, null, -25, 3, 0]);
    for (const bad of ["x", "NaN", "Infinity", "1e999", "1e308", 1e13, "0x10", " ", "1,5", Number.NaN, {}, [], true]) {
      expect(reasonOf({ ...GOOD, [field]: bad })).toBe("bad_number");
    }
  });

  it("a message says what was required and found, and echoes no long value whole", () => {
    const { message } = refusal({ ...GOOD, product_id: "x".repeat(20_000) });
    expect(message).toContain("Cannot take product_id: text of 1 to 256 bytes");
    expect(message).toContain("(20000 characters)");
    expect(message.length).toBeLessThan(400);
  });

  it("whatever JSON arrives at either door, it is taken or refused for a listed reason, and never throws", () => {
    const field = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: "binary" }),
      fc.double(),
      fc.constantFrom(...Object.values(GOOD)),
    );
    const names = [...Object.keys(GOOD), "value", "session_id", "order_id", "event_id", "quantity", "price"];
    const record = fc.record(Object.fromEntries(names.map((name) => [name, field])), { requiredKeys: [] });
    fc.assert(
      fc.property(fc.oneof(record, fc.jsonValue()), fc.constantFrom(LIVE, FILE), (raw, options) => {
        const decoded = decodeInteraction(raw as RawInteraction, options);
        if (decoded instanceof Rejection) expect(REJECT_REASONS).toHaveProperty(decoded.reason);
        else expect(decoded.interaction.eventKey).toMatch(/^[0-9a-f]{32}$/);
      }),
      { numRuns: 2_000, seed: 3 },
    );
  });
});
