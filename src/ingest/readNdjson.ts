import type { TableFile } from "./findTable.js";
import { LineSplitter } from "./lineSplitter.js";
import { type BrokenLine, parseLine } from "./parseLine.js";
import { readBytes } from "./readBytes.js";
import { Rejection } from "./rejection.js";
import type { RejectedRow, TableBatch, TableRow } from "./tableRow.js";

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

function readLines(lines: readonly Buffer[], nLinesBefore: number, broken: BrokenLine) {
  const rows: TableRow[] = [];
  const rejected: RejectedRow[] = [];
  lines.forEach((bytes, position) => {
    const line = nLinesBefore + position + 1;
    const fields = parseLine(bytes, broken);
    if (fields === null) return;
    if (fields instanceof Rejection) rejected.push({ line, rejection: fields, row: bytes.toString().trim() });
    else rows.push({ line, fields });
  });
  return { rows, rejected };
}
