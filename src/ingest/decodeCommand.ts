import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { AdminCommand } from "../domain/adminCommand.js";
import type { StreamMessage } from "../domain/stream.js";
import { describeFound } from "./describeFound.js";
import { parseTimestamp } from "./parseTimestamp.js";
import { isAbsent, type RawFields, readId, readText } from "./readField.js";
import { Rejection } from "./rejection.js";

export interface CommandOptions {
  /** What senders sign their commands with; null where none do. */
  readonly commandsSecret: string | null;
}

/** The header with which a sender proves who they are: HMAC-SHA256 of the value, as hex. */
export const SIGNATURE_HEADER = "signature";

/** What of a message has a column of its own, or is about the message itself. */
const NOT_IN_BODY = new Set(["command_id", "type", "issued_by", "issued_at", "schema_version"]);

/**
 * Turn one raw command into one that can be kept, or say why not. Whether the engine knows its type and takes its values
 * is decided when it is executed. A bare parameter_name and value set a parameter.
 */
export function decodeCommand(
  raw: RawFields,
  message: StreamMessage,
  { commandsSecret }: CommandOptions,
): { readonly command: AdminCommand } | Rejection {
  const commandId = readId("command_id", raw.command_id);
  if (commandId instanceof Rejection) return commandId;
  const type = readType(raw);
  if (type instanceof Rejection) return type;
  const issuedBy = readText("issued_by", raw.issued_by);
  if (issuedBy instanceof Rejection) return issuedBy;
  const issuedAtMs = readIssuedAt(raw.issued_at);
  if (issuedAtMs instanceof Rejection) return issuedAtMs;
  const body = Object.fromEntries(Object.entries(raw).filter(([name]) => !NOT_IN_BODY.has(name)));
  const isVerified = commandsSecret !== null && isSigned(message, commandsSecret);
  return {
    command: {
      commandId: commandId ?? derivedId(message),
      type,
      body,
      door: "kafka",
      issuedBy,
      issuedAtMs,
      isVerified,
    },
  };
}

function readType(raw: RawFields): string | Rejection {
  if (isAbsent(raw.type)) {
    return isAbsent(raw.parameter_name) ? badCommand("type or parameter_name", "neither") : "set_parameter";
  }
  const type = readId("type", raw.type);
  if (typeof type === "string" && typeof raw.type === "string") return type;
  return badCommand("a type in text", describeFound(raw.type));
}

function readIssuedAt(value: unknown): number | null | Rejection {
  if (isAbsent(value)) return null;
  const ms = parseTimestamp(value, false);
  return Number.isNaN(ms) ? badCommand("a time with a zone in issued_at", describeFound(value)) : ms;
}

function badCommand(requirement: string, found: string): Rejection {
  return new Rejection("bad_command", `Cannot take the command: ${requirement} is required, found ${found}`);
}

/** Of a command without an id each message is one command, also where a recreated topic counts from 0 again. */
function derivedId({ topic, partition, offset, sentAtMs }: StreamMessage): string {
  return hash("sha256", `${topic}\n${partition}\n${offset}\n${sentAtMs}`, "hex").slice(0, 32);
}

function isSigned({ headers, value }: StreamMessage, secret: string): boolean {
  const sent = headers.find(([name]) => name === SIGNATURE_HEADER)?.[1];
  if (sent === undefined || value === null) return false;
  const signature = Buffer.from(Buffer.from(sent).toString("latin1"), "hex");
  const expected = createHmac("sha256", secret).update(value).digest();
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}
