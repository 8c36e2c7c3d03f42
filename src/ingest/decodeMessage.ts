import { isUtf8 } from "node:buffer";
import type { AdminCommand } from "../domain/adminCommand.js";
import type { Interaction } from "../domain/interaction.js";
import type { ProductUpdate } from "../domain/product.js";
import type { StreamKind, StreamMessage } from "../domain/stream.js";
import { type CommandOptions, decodeCommand } from "./decodeCommand.js";
import { decodeInteraction } from "./decodeInteraction.js";
import { decodeProductTombstone, decodeProductUpdate } from "./decodeProductUpdate.js";
import { describeFound } from "./describeFound.js";
import { isAbsent, isRawFields, type RawFields } from "./readField.js";
import { Rejection } from "./rejection.js";

export interface MessageOptions extends CommandOptions {
  readonly nowMs: number;
  /** The oldest interaction that is still kept. */
  readonly oldestMs: number;
}

export type DecodedMessage =
  | { readonly interaction: Interaction }
  | { readonly update: ProductUpdate }
  | { readonly command: AdminCommand }
  | Rejection;

/** No message of a shop is as long; a product with a long description has a hundredth of it. */
export const MAX_MESSAGE_BYTES = 262_144;

/** Turn the bytes of one message into what it means, or say why they mean nothing. Never throws, whatever the bytes. */
export function decodeMessage(kind: StreamKind, message: StreamMessage, options: MessageOptions): DecodedMessage {
  if (message.value === null) return decodeAbsence(kind, message);
  const raw = decodeJson(message.value);
  if (raw instanceof Rejection) return raw;
  if (kind === "interactions") return decodeInteraction(raw, { ...options, door: "live" });
  if (kind === "products") return decodeProductUpdate(raw, { nowMs: options.nowMs, sentAtMs: message.sentAtMs });
  return decodeCommand(raw, message, options);
}

/** A product whose key stands alone is deleted; nothing else is said by silence. */
function decodeAbsence(kind: StreamKind, { key, sentAtMs }: StreamMessage): DecodedMessage {
  if (kind === "products") return decodeProductTombstone(key === null ? null : textOf(key), sentAtMs);
  return new Rejection("no_value", "Cannot take the message: a value is required, found nothing");
}

function decodeJson(bytes: Uint8Array): RawFields | Rejection {
  if (bytes.length > MAX_MESSAGE_BYTES) {
    const requirement = `at most ${MAX_MESSAGE_BYTES} bytes are required`;
    return new Rejection("message_too_large", `Cannot take the message: ${requirement}, found ${bytes.length}`);
  }
  if (!isUtf8(bytes)) return new Rejection("not_utf8", "Cannot take the message: UTF-8 text is required");
  const value = parseJson(textOf(bytes));
  if (value instanceof Rejection) return value;
  if (!isRawFields(value)) {
    const found = describeFound(value);
    return new Rejection("not_an_object", `Cannot take the message: an object is required, found ${found}`);
  }
  return checkVersion(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine's text quotes the message; the first words say where it broke.
    const found = (error as Error).message.slice(0, 80);
    return new Rejection("bad_json", `Cannot take the message: one JSON object is required, found "${found}"`);
  }
}

const KNOWN_VERSION = /^1(\.\d{1,9})*$/;

/** A newer minor version only adds fields; a newer major one may have changed what the old ones mean. */
function checkVersion(raw: RawFields): RawFields | Rejection {
  const { schema_version: version } = raw;
  if (isAbsent(version) || KNOWN_VERSION.test(String(version))) return raw;
  const requirement = "schema_version 1 or 1.x is required";
  return new Rejection(
    "unknown_schema_version",
    `Cannot take the message: ${requirement}, found ${describeFound(version)}`,
  );
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
