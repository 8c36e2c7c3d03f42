import { type CommandVerdict, refuseCommand } from "../domain/adminCommand.js";

/** Longest reason that is kept, in characters. */
export const MAX_REASON = 1000;

/** Whether it can be kept as the reason of a command; null is none. */
export function isReason(reason: unknown): reason is string | null {
  if (reason === null) return true;
  return typeof reason === "string" && reason.length <= MAX_REASON && !reason.includes("\0") && reason.isWellFormed();
}

export function refuseReason(): CommandVerdict {
  return refuseCommand("reason", `a text of at most ${MAX_REASON} characters, without NUL, is required`);
}
