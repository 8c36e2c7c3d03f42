import { RecommenderError } from "../domain/errors.js";

/** Says whether a test row counts as liked; `value` is null when unknown. */
export type PositiveRule = (value: number | null) => boolean;

/**
 * Read which test rows count: "all", ">=N" or ">N" of the value column.
 *
 * @throws RecommenderError INVALID_INPUT for any other text
 */
export function readPositives(text: string): PositiveRule {
  if (text === "all") return () => true;
  const found = /^(>=?)\s*(-?\d+(?:\.\d+)?)$/.exec(text.trim());
  if (found === null) {
    const message = `Cannot use --positives: all, '>=N' or '>N' is required, found '${text}'`;
    throw new RecommenderError("INVALID_INPUT", message, { text });
  }
  const least = Number(found[2]);
  return found[1] === ">=" ? (value) => value !== null && value >= least : (value) => value !== null && value > least;
}
