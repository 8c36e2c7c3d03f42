import { isUtf8 } from "node:buffer";
import type { BodyFormat, RawInteraction } from "../domain/engine.js";
import { RecommenderError } from "../domain/errors.js";
import { describeFound } from "./describeFound.js";
import { parseLine } from "./parseLine.js";
import type { Rejection } from "./rejection.js";
import { Turns } from "./turns.js";

const NEWLINE = 0x0a;

/** An event as it was sent, or why it cannot be read. */
export type SentEvent = RawInteraction | Rejection;

/**
 * The events of a request's body, in the order sent: a JSON array, or NDJSON, where a line that cannot be read is rejected
 * alone and a blank one counts for nothing. Lines are read in turns; an array is parsed in one, 5 MB in about 30 ms.
 *
 * @throws RecommenderError INVALID_INPUT when the body is no JSON array
 */
export async function readBody(
  body: Buffer,
  format: BodyFormat,
  what: "events" | "products" = "events",
): Promise<readonly SentEvent[]> {
  if (format === "ndjson") return readLines(body);
  try {
    return parseArray(body);
  } catch (error) {
    const message = `Cannot read the ${what}: a JSON array is required, found ${(error as Error).message}`;
    throw new RecommenderError("INVALID_INPUT", message, {}, error);
  }
}

/** What it throws says what was found instead. */
function parseArray(body: Buffer): readonly SentEvent[] {
  if (!isUtf8(body)) throw new Error("bytes that are not UTF-8");
  const events = parsed(body.toString());
  if (!Array.isArray(events)) throw new Error(describeFound(events));
  return events;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`text that is none (${(error as Error).message})`, { cause: error });
  }
}

async function readLines(body: Buffer): Promise<readonly SentEvent[]> {
  const turns = new Turns();
  const events: SentEvent[] = [];
  for (let start = 0; start < body.length; ) {
    const newline = body.indexOf(NEWLINE, start);
    const end = newline === -1 ? body.length : newline;
    const event = parseLine(body.subarray(start, end), "bad_json");
    if (event !== null) events.push(event);
    start = end + 1;
    await turns.next();
  }
  return events;
}
