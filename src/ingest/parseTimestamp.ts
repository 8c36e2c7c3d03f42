/** Numbers below this are seconds, from here on milliseconds: 1e11 s is the year 5138, 1e11 ms is March 1973. */
const FIRST_MILLISECONDS = 1e11;
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?$/i;
/** Shorter digits could be a year or a date written in one piece. */
const EPOCH_TEXT = /^\d{9,14}(?:\.\d+)?$/;

/**
 * Milliseconds since 1970 of a timestamp in the years 1970 to 9999, or NaN when it is none.
 *
 * Accepted: ISO 8601 ("2011-12-01T08:26:00Z", a blank for the T, with an offset, to the day), and epoch seconds or
 * milliseconds as a number or as 9 to 14 digits of text. Text without a zone counts as UTC only where `zonelessIsUtc`;
 * elsewhere it is NaN, because the sender's clock is unknown. Days that do not exist (30 February) are NaN.
 */
export function parseTimestamp(value: unknown, zonelessIsUtc: boolean): number {
  if (typeof value === "number") return withinRange(epochMs(value));
  if (typeof value !== "string" || value.length > 64) return Number.NaN;
  const text = value.trim();
  const parts = ISO_8601.exec(text);
  if (parts !== null) return withinRange(isoMs(parts, zonelessIsUtc));
  return EPOCH_TEXT.test(text) ? withinRange(epochMs(Number(text))) : Number.NaN;
}

/** True for milliseconds in the years 1970 to 9999. */
export function isStorableTime(ms: number): boolean {
  return ms >= 0 && ms <= LAST_MS;
}

function withinRange(ms: number): number {
  return isStorableTime(ms) ? ms : Number.NaN;
}

function epochMs(value: number): number {
  return Math.round(value < FIRST_MILLISECONDS ? value * 1000 : value);
}

function isoMs(parts: RegExpExecArray, zonelessIsUtc: boolean): number {
  const zone = parts[8];
  if (zone === undefined && !zonelessIsUtc) return Number.NaN;
  const [year, month, day] = [+parts[1], +parts[2], +parts[3]];
  const [hour, minute, second] = [+(parts[4] ?? 0), +(parts[5] ?? 0), +(parts[6] ?? 0)];
  if (!dayExists(year, month, day) || hour > 23 || minute > 59 || second > 59) return Number.NaN;
  const ms = parts[7] === undefined ? 0 : Number(parts[7].slice(0, 3).padEnd(3, "0"));
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - offsetMs(zone);
}

function dayExists(year: number, month: number, day: number): boolean {
  if (year < 1970 || month < 1 || month > 12 || day < 1) return false;
  return day <= 28 || day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** NaN for an offset that no place on earth has. */
function offsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = zone.length > 3 ? Number(zone.slice(-2)) : 0;
  if (hours > 18 || minutes > 59) return Number.NaN;
  return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
