import type { RawInteraction } from "../domain/engine.js";
import { idProblem } from "../domain/ids.js";
import { deriveEventKey, type Interaction, type InteractionFacts } from "../domain/interaction.js";
import { describeFound } from "./describeFound.js";
import { isStorableTime, parseTimestamp } from "./parseTimestamp.js";
import { isAbsent, isRawFields, readId, readNumber } from "./readField.js";
import { Rejection } from "./rejection.js";

/** How far a sender's clock may be ahead of ours. */
export const MAX_AHEAD_MS = 10 * 60_000;

export interface DecodeOptions {
  readonly nowMs: number;
  /** A live event needs a time with a zone; a file row may have none and may be UTC unsaid. */
  readonly door: "live" | "file";
  /** Added to the time after the key was derived, so a file counts once however it is moved. */
  readonly shiftMs?: number;
  /** The oldest time that is still kept; without one every time is. */
  readonly oldestMs?: number;
}

export type DecodedInteraction = { readonly interaction: Interaction } | Rejection;

/**
 * Turn one raw event into an interaction, or say why not. Never throws, whatever the value; every id, number and time of
 * the result is one the store takes. Checks are written by hand: this runs once per row of a file.
 */
export function decodeInteraction(raw: RawInteraction, options: DecodeOptions): DecodedInteraction {
  if (!isRawFields(raw)) return notAnObject(raw);
  const facts = decodeFacts(raw, options);
  if (facts instanceof Rejection) return facts;
  const eventId = readId("event_id", raw.event_id);
  if (eventId instanceof Rejection) return eventId;
  const eventKey = deriveEventKey(eventId, facts);
  const occurredAtMs = moveTime(facts.occurredAtMs, options);
  if (occurredAtMs instanceof Rejection) return occurredAtMs;
  return { interaction: withKey(eventKey, facts, occurredAtMs) };
}

/** Written out: spreading the facts takes longer than everything else here together. */
function withKey(eventKey: string, facts: InteractionFacts, occurredAtMs: number | null): Interaction {
  const { userId, sessionId, productId, actionName, value, orderId, quantity, price } = facts;
  return { eventKey, userId, sessionId, productId, actionName, value, orderId, quantity, price, occurredAtMs };
}

function decodeFacts(raw: RawInteraction, options: DecodeOptions): InteractionFacts | Rejection {
  const userId = readId("user_id", raw.user_id);
  if (userId instanceof Rejection) return userId;
  const sessionId = readId("session_id", raw.session_id);
  if (sessionId instanceof Rejection) return sessionId;
  if (userId === null && sessionId === null) return missing("missing_shopper", "user_id or session_id");
  const productId = readId("product_id", raw.product_id);
  if (productId instanceof Rejection) return productId;
  if (productId === null) return missing("missing_product_id", "product_id");
  const actionName = readAction(raw.action_type);
  if (actionName instanceof Rejection) return actionName;
  const occurredAtMs = readTime(raw.timestamp, options.door);
  if (occurredAtMs instanceof Rejection) return occurredAtMs;
  const value = readNumber("value", raw.value);
  if (value instanceof Rejection) return value;
  const orderId = readId("order_id", raw.order_id);
  if (orderId instanceof Rejection) return orderId;
  const quantity = readNumber("quantity", raw.quantity);
  if (quantity instanceof Rejection) return quantity;
  const price = readNumber("price", raw.price);
  if (price instanceof Rejection) return price;
  return { userId, sessionId, productId, actionName, value, orderId, quantity, price, occurredAtMs };
}

/** Unknown actions are kept under their name: a later setting may give them a meaning. */
function readAction(value: unknown): string | Rejection {
  if (isAbsent(value)) return missing("missing_action", "action_type");
  const name = typeof value === "string" ? value.trim().toLowerCase() : null;
  if (name === "") return missing("missing_action", "action_type");
  if (name !== null && idProblem(name) === null) return name;
  const requirement = "a name of at most 256 bytes is required";
  return new Rejection("bad_action", `Cannot take action_type: ${requirement}, found ${describeFound(value)}`);
}

function readTime(value: unknown, door: DecodeOptions["door"]): number | null | Rejection {
  const isFile = door === "file";
  if (isAbsent(value)) return isFile ? null : missing("missing_timestamp", "timestamp");
  const ms = parseTimestamp(value, isFile);
  return Number.isNaN(ms) ? badTime(value, isFile ? "" : " and a zone") : ms;
}

/** One event from the future would be the newest of the shop, beside which everything that happened is old. */
function moveTime(ms: number | null, options: DecodeOptions): number | null | Rejection {
  const { nowMs, shiftMs = 0, oldestMs = 0 } = options;
  if (ms === null) return null;
  const moved = ms + shiftMs;
  if (!isStorableTime(moved)) {
    const requirement = "a year from 1970 to 9999 is required";
    return new Rejection("bad_timestamp", `Cannot move timestamp by ${shiftMs} ms: ${requirement}, found ${ms} ms`);
  }
  if (moved < oldestMs) return tooOld(moved, oldestMs);
  if (moved <= nowMs + MAX_AHEAD_MS) return moved;
  const requirement = "a time at most ten minutes ahead of the server's clock is required";
  const found = new Date(moved).toISOString();
  return new Rejection("future_timestamp", `Cannot take timestamp: ${requirement}, found ${found}`);
}

/** It was dropped, or would be: taking it in would bring back what was to be forgotten. */
function tooOld(ms: number, oldestMs: number): Rejection {
  const requirement = `a time from ${new Date(oldestMs).toISOString()} on, since which interactions are kept, is required`;
  return new Rejection("too_old", `Cannot take timestamp: ${requirement}, found ${new Date(ms).toISOString()}`);
}

function badTime(value: unknown, alsoRequired: string): Rejection {
  const iso = `ISO 8601 with a year from 1970 to 9999${alsoRequired} (2026-05-01T12:00:00Z)`;
  const requirement = `${iso}, or seconds or milliseconds since 1970 (as text 9 to 14 digits), is required`;
  return new Rejection("bad_timestamp", `Cannot take timestamp: ${requirement}, found ${describeFound(value)}`);
}

function missing(
  reason: "missing_shopper" | "missing_product_id" | "missing_action" | "missing_timestamp",
  field: string,
): Rejection {
  return new Rejection(reason, `Cannot take the event: ${field} is required, found nothing`);
}

function notAnObject(raw: unknown): Rejection {
  return new Rejection("not_an_object", `Cannot take the event: an object is required, found ${describeFound(raw)}`);
}
