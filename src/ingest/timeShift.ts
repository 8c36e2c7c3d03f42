import { decodeInteraction } from "./decodeInteraction.js";
import type { TableFile } from "./findTable.js";
import { parseTimestamp } from "./parseTimestamp.js";
import type { RawFields } from "./readField.js";
import { readTable } from "./readTable.js";
import { Rejection } from "./rejection.js";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** Days by which to move times so that the newest lies in (now − 7 days, now]; whole weeks, so Mondays stay Mondays. */
export function shiftDaysToNow(newestMs: number, nowMs: number): number {
  return 7 * Math.floor((nowMs - newestMs) / WEEK_MS);
}

export function daysToMs(days: number): number {
  return days * DAY_MS;
}

/** The newest time among the rows that an import would take, or null. Reads the whole file, keeps nothing of it. */
export async function findNewestMs(
  table: TableFile,
  required: readonly string[],
  nowMs: number,
): Promise<number | null> {
  let newestMs = -1;
  for await (const { rows } of readTable(table, required)) {
    for (const { fields } of rows) newestMs = newerMs(fields, newestMs, nowMs);
  }
  return newestMs < 0 ? null : newestMs;
}

/** Only a row that would be the newest is decoded whole: a rejected row in the year 2999 must not move the shop. */
function newerMs(fields: RawFields, newestMs: number, nowMs: number): number {
  const ms = parseTimestamp(fields.timestamp, true);
  if (Number.isNaN(ms) || ms <= newestMs) return newestMs;
  return decodeInteraction(fields, { nowMs, door: "file" }) instanceof Rejection ? newestMs : ms;
}
