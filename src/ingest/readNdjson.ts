import { isUtf8 } from "node:buffer";
import { describeFound } from "./describeFound.js";
import type { TableFile } from "./findTable.js";
import { LineSplitter } from "./lineSplitter.js";
import { readBytes } from "./readBytes.js";
import { isRawFields, type RawFields } from "./readField.js";
import { Rejection } from "./rejection.js";
import type { RejectedRow, TableBatch, TableRow } from "./tableRow.js";

/** What JSON that cannot be parsed means: on the last line without a line end, the file was cut off. */
type Broken = "bad_json" | "unfinished_row";

/**
 * The rows of an NDJSON file, one object a line; blank lines count for nothing, and a file without lines has no rows. A
 * line that cannot be read is rejected, and reading goes on.
 *
 * @throws RecommenderError INVALID_IMPORT as `readBytes`, or when a line never ends
 */
export async function* readNdjson(table: TableFile): AsyncGenerator<TableBatch> {
  const lines = new LineSplitter(table);
  let place = { fileOffsetBytes: 0, totalBytes: 0 };
  let nLines = 0;
  for await (const { bytes, ...offset } of readBytes(table)) {
    const complete = lines.feed(bytes);
    yield { ...readLines(complete, nLines, "bad_json"), ...offset };
    nLines += complete.length;
    place = offset;
  }
  yield { ...readLines(lines.finish(), nLines, "unfinished_row"), ...place };
}

function readLines(lines: readonly Buffer[], nLinesBefore: number, broken: Broken) {
  const rows: TableRow[] = [];
  const rejected: RejectedRow[] = [];
  lines.forEach((bytes, position) => {
    const line = nLinesBefore + position + 1;
    // trim() takes a byte order mark and the CR of CRLF away, too.
    const text = bytes.toString().trim();
    if (text === "") return;
    const fields = isUtf8(bytes) ? parseLine(text, broken) : notUtf8();
    if (fields instanceof Rejection) rejected.push({ line, rejection: fields, row: text });
    else rows.push({ line, fields });
  });
  return { rows, rejected };
}

function parseLine(text: string, broken: Broken): RawFields | Rejection {
  try {
    const fields: unknown = JSON.parse(text);
    if (isRawFields(fields)) return fields;
    return new Rejection(
      "not_an_object",
      `Cannot take the line: an object is required, found ${describeFound(fields)}`,
    );
  } catch {
    return new Rejection(broken, `Cannot take the line: one JSON object is required, found ${describeFound(text)}`);
  }
}

function notUtf8(): Rejection {
  return new Rejection("not_utf8", "Cannot take the line: UTF-8 is required, found bytes that are none");
}
