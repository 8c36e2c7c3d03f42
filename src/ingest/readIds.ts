import { isUtf8 } from "node:buffer";
import { RecommenderError } from "../domain/errors.js";
import type { TableFile } from "./findTable.js";
import { LineSplitter } from "./lineSplitter.js";
import { readBytes } from "./readBytes.js";
import { type RawFields, readId } from "./readField.js";
import { readTable } from "./readTable.js";
import { Rejection } from "./rejection.js";

const BYTE_ORDER_MARK = /^\ufeff/;

/**
 * The ids that a file names, each once, in its order: one a line, or the column `column` of a CSV file with a header, or
 * of NDJSON; any of them packed.
 *
 * @throws RecommenderError INVALID_INPUT for a line that holds no id, or a file without one; INVALID_IMPORT as `readTable`
 */
export async function readIds(file: string, column: string): Promise<readonly string[]> {
  const table = tableOf(file);
  const isTable = table.format === "ndjson" || (await hasColumn(table, column));
  const ids = isTable ? await readColumn(table, column) : await readLines(table, column);
  if (ids.size > 0) return [...ids];
  const message = `Cannot read ${table.file}: at least one ${column} is required, found none`;
  throw new RecommenderError("INVALID_INPUT", message, { path: file });
}

function tableOf(file: string): TableFile {
  const isGzip = file.endsWith(".gz");
  const format = /\.ndjson(\.gz)?$/.test(file) ? "ndjson" : "csv";
  return { path: file, file, format, isGzip };
}

/** A plain list has no header, and a header names the column. */
async function hasColumn(table: TableFile, column: string): Promise<boolean> {
  for await (const line of linesOf(table)) {
    const names = line.split(",").map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
    return names.includes(column);
  }
  return false;
}

async function readColumn(table: TableFile, column: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { rows, rejected } of readTable(table, [column])) {
    if (rejected.length > 0) refuse(table, rejected[0].line, rejected[0].rejection.message);
    for (const { line, fields } of rows) ids.add(idOf(table, column, fields, line));
  }
  return ids;
}

async function readLines(table: TableFile, column: string): Promise<Set<string>> {
  const ids = new Set<string>();
  let line = 0;
  for await (const text of linesOf(table)) {
    line++;
    if (text !== "") ids.add(idOf(table, column, { [column]: text }, line));
  }
  return ids;
}

async function* linesOf(table: TableFile): AsyncGenerator<string> {
  const splitter = new LineSplitter(table);
  let line = 0;
  const textOf = (bytes: Buffer) => {
    line++;
    if (!isUtf8(bytes)) refuse(table, line, "UTF-8 is required, found bytes that are none");
    return bytes.toString().replace(BYTE_ORDER_MARK, "").trim();
  };
  for await (const { bytes } of readBytes(table)) yield* splitter.feed(bytes).map(textOf);
  yield* splitter.finish().map(textOf);
}

function idOf(table: TableFile, column: string, fields: RawFields, line: number): string {
  const id = readId(column, fields[column]);
  if (id instanceof Rejection) refuse(table, line, id.message);
  if (id === null) refuse(table, line, `Cannot take ${column}: text is required, found nothing`);
  return id;
}

function refuse(table: TableFile, line: number, why: string): never {
  const message = `Cannot read ${table.file}, line ${line}: ${why}`;
  throw new RecommenderError("INVALID_INPUT", message, { path: table.path, line });
}
