import type { CsvEnd, CsvRecord } from "./csvRows.js";
import { Rejection } from "./rejection.js";
import type { RejectedRow, TableRow } from "./tableRow.js";

const REPLACEMENT_CHARACTER = "\ufffd";

interface SortedRecords {
  readonly rows: readonly TableRow[];
  readonly rejected: readonly RejectedRow[];
}

/** Turns records into rows by the names of the header, which is the first record that is not a blank line. */
export class CsvSorter {
  private columns: readonly string[] | null = null;

  constructor(private readonly readHeader: (fields: readonly string[]) => readonly string[]) {}

  get hasHeader(): boolean {
    return this.columns !== null;
  }

  sort(records: readonly CsvRecord[]): SortedRecords {
    const rows: TableRow[] = [];
    const rejected: RejectedRow[] = [];
    for (const record of records) {
      const { line, fields } = record;
      if (fields.length === 1 && fields[0] === "") continue;
      if (this.columns === null) {
        this.columns = this.readHeader(fields);
        continue;
      }
      const rejection = problemOf(fields, this.columns.length);
      if (rejection === null) rows.push({ line, fields: nameFields(this.columns, fields) });
      else rejected.push({ line, rejection, row: fields });
    }
    return { rows, rejected };
  }

  /** The same for the end of a file: a short last row without a line end was cut off, and so was an open quote. */
  sortEnd({ records, unclosed }: CsvEnd, endsWithNewline: boolean): SortedRecords {
    const { rows, rejected } = this.sort(records);
    if (unclosed !== null) return { rows, rejected: [...rejected, unclosedQuote(unclosed)] };
    const last = rejected.at(-1);
    const isCut = last?.rejection.reason === "wrong_column_count" && last.line === records.at(-1)?.line;
    if (endsWithNewline || last === undefined || !isCut) return { rows, rejected };
    const rejection = new Rejection("unfinished_row", `${last.rejection.message}, where the file ends`);
    return { rows, rejected: [...rejected.slice(0, -1), { ...last, rejection }] };
  }
}

function nameFields(columns: readonly string[], fields: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {};
  for (let i = 0; i < columns.length; i++) named[columns[i]] = fields[i];
  return named;
}

function problemOf(fields: readonly string[], nColumns: number): Rejection | null {
  if (fields.length !== nColumns) {
    const message = `Cannot take the row: ${nColumns} fields are required, found ${fields.length}`;
    return new Rejection("wrong_column_count", message);
  }
  // Bytes that are no UTF-8 arrive as U+FFFD. One that was really written in the file is refused with them: it means
  // that an earlier program had lost the character.
  if (!fields.some((field) => field.includes(REPLACEMENT_CHARACTER))) return null;
  return new Rejection("not_utf8", "Cannot take the row: UTF-8 is required, found bytes that are none (or U+FFFD)");
}

function unclosedQuote({ fromLine, toLine, text }: NonNullable<CsvEnd["unclosed"]>): RejectedRow {
  const lost = fromLine >= toLine ? `line ${fromLine} is lost` : `lines ${fromLine} to ${toLine} are lost`;
  const message = `Cannot take the row that begins on line ${fromLine}: a closing quote is required, found the end of the file (${lost})`;
  return { line: fromLine, rejection: new Rejection("unfinished_row", message), row: text };
}
