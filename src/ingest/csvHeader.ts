import { RecommenderError } from "../domain/errors.js";
import { describeFound } from "./describeFound.js";
import type { TableFile } from "./findTable.js";

/**
 * The column names of a CSV file, trimmed.
 *
 * @param required columns that must be there; "a or b" is met by either
 * @throws RecommenderError INVALID_IMPORT when a required column is missing, or two columns have one name
 */
export function readHeader(table: TableFile, fields: readonly string[], required: readonly string[]): string[] {
  if (fields.some((field) => field.trim().includes("\r"))) refuseLineEnds(table);
  const columns = fields.map((field) => field.trim());
  const isThere = (column: string) => column.split(" or ").some((name) => columns.includes(name));
  if (!required.every(isThere)) refuse(table, `columns ${required.join(", ")} are`, columns);
  const twice = columns.find((column, position) => column !== "" && columns.indexOf(column) !== position);
  if (twice !== undefined) refuse(table, `each column once is`, columns);
  return columns;
}

/** A file whose lines end in CR alone looks like one long header, and would be zero rows without a word. */
function refuseLineEnds(table: TableFile): never {
  const message = `Cannot import ${table.file}: lines that end in LF or CRLF are required, found CR alone`;
  throw new RecommenderError("INVALID_IMPORT", message, { path: table.path });
}

function refuse(table: TableFile, requirement: string, columns: readonly string[]): never {
  const message = `Cannot import ${table.file}: ${requirement} required, found ${describeFound(columns.join(", "))}`;
  throw new RecommenderError("INVALID_IMPORT", message, { path: table.path });
}

/** @throws RecommenderError INVALID_IMPORT always: the file has no header */
export function refuseEmpty(table: TableFile): never {
  const message = `Cannot import ${table.file}: it is empty: a header is required`;
  throw new RecommenderError("INVALID_IMPORT", message, { path: table.path });
}
