import { isUtf8 } from "node:buffer";
import { describeFound } from "./describeFound.js";
import { isRawFields, type RawFields } from "./readField.js";
import { Rejection } from "./rejection.js";

/** What JSON that cannot be parsed means: on the last line of a file without a line end, the file was cut off. */
export type BrokenLine = "bad_json" | "unfinished_row";

/** The object of one line of NDJSON, or why there is none; null for a blank line, which counts for nothing. */
export function parseLine(bytes: Buffer, broken: BrokenLine): RawFields | Rejection | null {
  // trim() takes a byte order mark and the CR of CRLF away, too.
  const text = bytes.toString().trim();
  if (text === "") return null;
  if (!isUtf8(bytes)) {
    return new Rejection("not_utf8", "Cannot take the line: UTF-8 is required, found bytes that are none");
  }
  const fields = parseJson(text);
  if (fields === undefined) {
    return new Rejection(broken, `Cannot take the line: one JSON object is required, found ${describeFound(text)}`);
  }
  if (isRawFields(fields)) return fields;
  return new Rejection("not_an_object", `Cannot take the line: an object is required, found ${describeFound(fields)}`);
}

/** No JSON text means `undefined`. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
