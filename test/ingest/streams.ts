import type { StreamMessage } from "../../src/domain/stream.js";
import { MAX_MESSAGE_BYTES, type MessageOptions } from "../../src/ingest/decodeMessage.js";

export const OPTIONS: MessageOptions = { nowMs: Date.UTC(2026, 2, 10, 12), oldestMs: 0, commandsSecret: null };

/** A message of one event, with whatever a test wants to be different. */
export function message(value: unknown, more: Partial<StreamMessage> = {}): StreamMessage {
  const bytes = value === null || value instanceof Uint8Array ? value : Buffer.from(textOf(value));
  return {
    topic: "user-interactions",
    partition: 0,
    offset: 0n,
    sentAtMs: OPTIONS.nowMs,
    key: Buffer.from("ann"),
    headers: [],
    value: bytes,
    ...more,
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The n-th event of a stream of distinct ones. */
export function event(n: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    event_id: `e${n}`,
    user_id: `u${n % 97}`,
    product_id: `p${n % 31}`,
    timestamp: new Date(Date.UTC(2026, 2, 1) + n * 1000).toISOString(),
    action_type: n % 3 === 0 ? "purchase" : "view",
    ...more,
  };
}

/** Messages that can never succeed, by the reason each is refused for. */
export const BAD_EVENTS: readonly [what: string, reason: string, value: unknown][] = [
  ["malformed JSON", "bad_json", '{"user_id": "ann"'],
  ["no text", "bad_json", ""],
  ["bytes that are no UTF-8", "not_utf8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ["no value", "no_value", null],
  ["the word null", "not_an_object", "null"],
  ["a list", "not_an_object", "[]"],
  ["more than 256 kB", "message_too_large", event(1, { note: "x".repeat(MAX_MESSAGE_BYTES) })],
  ["a newer major version", "unknown_schema_version", event(1, { schema_version: "2.0" })],
  ["a version that is none", "unknown_schema_version", event(1, { schema_version: {} })],
  ["a shopper of the wrong type", "bad_id", event(1, { user_id: { id: 1 } })],
  ["no shopper", "missing_shopper", event(1, { user_id: null })],
  ["no product", "missing_product_id", event(1, { product_id: "" })],
  ["no time", "missing_timestamp", event(1, { timestamp: null })],
  ["a time without a zone", "bad_timestamp", event(1, { timestamp: "2026-03-01T00:00:00" })],
  ["the year 2100", "future_timestamp", event(1, { timestamp: "2100-01-01T00:00:00Z" })],
  ["a value of the wrong type", "bad_number", event(1, { value: [] })],
  ["a NUL in an id", "bad_id", event(1, { product_id: "p\0" })],
];
