import { RecommenderError } from "../domain/errors.js";
import { readHeader, refuseEmpty } from "./csvHeader.js";
import { CsvRows } from "./csvRows.js";
import { CsvSorter } from "./csvSorter.js";
import type { TableFile } from "./findTable.js";
import { readBytes } from "./readBytes.js";
import type { TableBatch } from "./tableRow.js";

/** Longer than any honest row. A quote that is never closed swallows the rest of the file; memory must not go with it. */
const MAX_ROW_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The rows of a CSV file by the names of its header, in any order; a byte order mark and CRLF are welcome. A row that
 * cannot be read is rejected with its line, and reading goes on.
 *
 * @throws RecommenderError INVALID_IMPORT when the file has no header, lacks a required column or never ends a row, or
 *   as `readBytes`
 */
export async function* readCsv(table: TableFile, required: readonly string[]): AsyncGenerator<TableBatch> {
  const rows = new CsvRows();
  const sorter = new CsvSorter((fields) => readHeader(table, fields, required));
  let place = { fileOffsetBytes: 0, totalBytes: 0 };
  let nBytes = 0;
  let lastByte: number | undefined;
  for await (const { bytes, ...offset } of readBytes(table)) {
    yield { ...sorter.sort(await rows.feed(bytes)), ...offset };
    place = offset;
    nBytes += bytes.length;
    lastByte = bytes.at(-1);
    requireRowsToEnd(table, rows, nBytes);
  }
  yield { ...sorter.sortEnd(await rows.finish(), lastByte === NEWLINE), ...place };
  if (!sorter.hasHeader) refuseEmpty(table);
}

function requireRowsToEnd(table: TableFile, rows: CsvRows, nBytes: number): void {
  const { line, offsetBytes } = rows.openRecord;
  if (nBytes - offsetBytes <= MAX_ROW_BYTES) return;
  const requirement = `rows of at most ${MAX_ROW_BYTES >> 20} MB are required`;
  const found = `a longer one from line ${line} on; a quote there is probably never closed`;
  const message = `Cannot import ${table.file} further: ${requirement}, found ${found}`;
  throw new RecommenderError("INVALID_IMPORT", message, { path: table.path, line });
}
