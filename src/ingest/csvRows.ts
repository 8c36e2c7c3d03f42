import { type CsvError, Parser } from "csv-parse";

/** Fields of one CSV record as text. */
export interface CsvRecord {
  /** Line of the file on which the record ends. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** The end of a CSV file: its last records, and the lines of a quoted field that the file never closes. */
export interface CsvEnd {
  readonly records: readonly CsvRecord[];
  readonly unclosed: { readonly fromLine: number; readonly toLine: number; readonly text: string } | null;
}

/** Enough to recognise an unfinished record by. */
const MAX_KEPT_BYTES = 8_000;

/**
 * csv-parse, piece by piece. Records are taken at the moment the parser pushes them: its line number is right then, and
 * asking for it per record (option `info`) costs more than the parsing itself.
 */
export class CsvRows extends Parser {
  private records: CsvRecord[] = [];
  private lastLine = 0;
  private endedBytes = 0;
  private nFedBytes = 0;
  /** The beginning of the record that is still being read: the parser gives nothing of one that it cannot end. */
  private open = Buffer.alloc(0);

  constructor() {
    super({
      bom: true,
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
      // A stray quote, as in 12" PLATE, is a character like any other; the column count still has to fit.
      relax_quotes: true,
    });
    // Every call waits for its own error; the same error must not end the process as an event nobody heard.
    this.on("error", () => {});
  }

  override push(record: unknown): boolean {
    if (record === null) return super.push(null);
    this.lastLine = this.info.lines;
    this.endedBytes = this.info.bytes;
    this.records.push({ line: this.lastLine, fields: record as string[] });
    return true;
  }

  /** Parse one more piece; resolves with the records that are complete now. */
  async feed(bytes: Buffer): Promise<readonly CsvRecord[]> {
    await settled((done) => this.write(bytes, done));
    this.keepOpen(bytes);
    return this.takeRecords();
  }

  /** No more pieces come. */
  async finish(): Promise<CsvEnd> {
    try {
      await settled((done) => this.end(done));
      return { records: this.takeRecords(), unclosed: null };
    } catch (error) {
      if ((error as CsvError).code !== "CSV_QUOTE_NOT_CLOSED") throw error;
      const unclosed = { fromLine: this.lastLine + 1, toLine: this.info.lines, text: this.open.toString() };
      return { records: this.takeRecords(), unclosed };
    }
  }

  /** Where the record that is still being read begins. */
  get openRecord(): { readonly line: number; readonly offsetBytes: number } {
    return { line: this.lastLine + 1, offsetBytes: this.endedBytes };
  }

  private keepOpen(bytes: Buffer): void {
    const begin = this.endedBytes - this.nFedBytes;
    this.nFedBytes += bytes.length;
    if (begin >= 0) this.open = Buffer.from(bytes.subarray(begin, begin + MAX_KEPT_BYTES));
    else if (this.open.length < MAX_KEPT_BYTES) {
      this.open = Buffer.concat([this.open, bytes.subarray(0, MAX_KEPT_BYTES - this.open.length)]);
    }
  }

  private takeRecords(): readonly CsvRecord[] {
    const { records } = this;
    this.records = [];
    return records;
  }
}

function settled(call: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => call((error) => (error ? reject(error) : resolve())));
}
