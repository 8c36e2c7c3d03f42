import { RecommenderError } from "../domain/errors.js";
import type { TableFile } from "./findTable.js";

const NEWLINE = 0x0a;
/** Longer than any honest row; without it a file of another kind would be read into memory whole. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Cuts pieces of a file into lines; a line may span pieces. */
export class LineSplitter {
  private begun: Buffer[] = [];
  private nBegunBytes = 0;

  constructor(private readonly table: TableFile) {}

  /**
   * The lines that end in this piece, without their line ends.
   *
   * @throws RecommenderError INVALID_IMPORT when a line is longer than 16 MB
   */
  feed(bytes: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      lines.push(this.complete(bytes.subarray(start, end)));
      start = end + 1;
    }
    this.keep(bytes.subarray(start));
    return lines;
  }

  /** What is left when the file ends without a line end: one line or none. */
  finish(): Buffer[] {
    return this.nBegunBytes === 0 ? [] : [this.complete(Buffer.alloc(0))];
  }

  private complete(end: Buffer): Buffer {
    if (this.nBegunBytes === 0) return end;
    const line = Buffer.concat([...this.begun, end]);
    this.begun = [];
    this.nBegunBytes = 0;
    return line;
  }

  private keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.begun.push(bytes);
    this.nBegunBytes += bytes.length;
    if (this.nBegunBytes <= MAX_LINE_BYTES) return;
    const requirement = `lines of at most ${MAX_LINE_BYTES >> 20} MB are required`;
    const message = `Cannot import ${this.table.file} further: ${requirement}, found a longer one`;
    throw new RecommenderError("INVALID_IMPORT", message, { path: this.table.path });
  }
}
