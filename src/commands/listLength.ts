import { RecommenderError } from "../domain/errors.js";

/** What one list may hold, as in the graph. */
const MAX_LENGTH = 100;

/** @throws RecommenderError INVALID_INPUT unless it is a whole number from 1 to MAX_LENGTH */
export function readListLength(text: string): number {
  const length = Number(text);
  if (Number.isInteger(length) && length >= 1 && length <= MAX_LENGTH) return length;
  const message = `Cannot use --k: a whole number from 1 to ${MAX_LENGTH} is required, found '${text}'`;
  throw new RecommenderError("INVALID_INPUT", message, { text });
}
