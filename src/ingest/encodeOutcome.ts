import type { DecidedCommand } from "../domain/adminCommand.js";
import type { CommandResult } from "./messageSchemas.js";

/**
 * What became of a command, as the topic of outcomes tells it. Everything in it is bounded: it holds nothing of the
 * command's body, which may be as long as a message.
 */
export function encodeOutcome(command: DecidedCommand): CommandResult {
  const { commandId, type, status, outcome, isVerified, receivedAt, decidedAt } = command;
  return {
    schema_version: "1",
    command_id: commandId,
    type,
    status,
    outcome: inSnakeCase(outcome),
    is_verified: isVerified,
    received_at: receivedAt.toISOString(),
    decided_at: decidedAt.toISOString(),
  } as CommandResult;
}

/** The same JSON, its keys spelt as messages spell them. */
function inSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inSnakeCase);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, part]) => [snakeCased(name), inSnakeCase(part)]));
}

function snakeCased(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
