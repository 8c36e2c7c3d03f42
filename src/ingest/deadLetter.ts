import { hash } from "node:crypto";
import type { DeadLetter, StreamMessage } from "../domain/stream.js";
import type { Rejection } from "./rejection.js";

/** What is kept of a message that its topic of dead letters does not take whole. */
const KEPT_BYTES = 65_536;

/** A message that can never succeed, whole, with the reason. */
export function toDeadLetter(message: StreamMessage, { reason, message: why }: Rejection): DeadLetter {
  const value = message.value ?? new Uint8Array(0);
  return { ...message, nBytes: value.length, sha256: hash("sha256", value, "hex"), reason, message: why };
}

/** The same, with as much of the value as every topic takes. */
export function cutDeadLetter(letter: DeadLetter): DeadLetter {
  return { ...letter, value: letter.value?.subarray(0, KEPT_BYTES) ?? null };
}
