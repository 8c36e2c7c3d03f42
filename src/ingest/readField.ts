import { idProblem, idText } from "../domain/ids.js";
import { describeFound } from "./describeFound.js";
import { Rejection } from "./rejection.js";

/** Fields by name, before anything is known about them. */
export type RawFields = Readonly<Record<string, unknown>>;

export function isRawFields(value: unknown): value is RawFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Not given: a CSV file cannot tell an empty field from an absent one, so nothing else does either. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** An id as text, or null when absent. A whole number counts as its decimal digits, so 42 and "42" are one id. */
export function readId(field: string, value: unknown): string | null | Rejection {
  if (isAbsent(value)) return null;
  const id = idText(value);
  const problem = id === null ? "is neither text nor a whole number" : idProblem(id);
  if (problem === null) return id;
  const requirement = "text of 1 to 256 bytes, or a whole number, is required";
  return new Rejection(
    "bad_id",
    `Cannot take ${field}: ${requirement}, found ${describeFound(value)}, which ${problem}`,
  );
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Beyond any quantity, rating or price of a shop; sums of such numbers still are finite. */
const MAX_MAGNITUDE = 1e12;

/** A finite number, or null when absent. Text counts when it is decimal: "0x10" and "Infinity" are no numbers here. */
export function readNumber(field: string, value: unknown): number | null | Rejection {
  if (isAbsent(value)) return null;
  const number = typeof value === "string" ? decimal(value) : value;
  if (typeof number === "number" && Math.abs(number) <= MAX_MAGNITUDE) return number;
  const requirement = `a number of at most ${MAX_MAGNITUDE} either way is required`;
  return new Rejection("bad_number", `Cannot take ${field}: ${requirement}, found ${describeFound(value)}`);
}

function decimal(text: string): number {
  const trimmed = text.trim();
  return DECIMAL.test(trimmed) ? Number(trimmed) : Number.NaN;
}

/** Trimmed text, or null when nothing is left. Numbers count as their decimal text: a name may be 1984. */
export function readText(field: string, value: unknown): string | null | Rejection {
  if (isAbsent(value)) return null;
  const text = typeof value === "number" && Number.isFinite(value) ? String(value) : value;
  if (typeof text !== "string" || text.includes("\0") || !text.isWellFormed()) return badText(field, value);
  const trimmed = text.trim();
  return trimmed === "" ? null : trimmed;
}

export function badText(field: string, value: unknown): Rejection {
  const requirement = "well-formed text without NUL is required";
  return new Rejection("bad_text", `Cannot take ${field}: ${requirement}, found ${describeFound(value)}`);
}
