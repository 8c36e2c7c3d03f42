import type { RawFields } from "./readField.js";
import type { Rejection } from "./rejection.js";

/** One row of a file. */
export interface TableRow {
  /** Line of the file, from 1, the header included; a row over several lines has the number of its last one. */
  readonly line: number;
  readonly fields: RawFields;
}

/** A row that was not taken, with what could be read of it. */
export interface RejectedRow {
  readonly line: number;
  readonly rejection: Rejection;
  readonly row: unknown;
}

/** What one piece of a file gave: rows, and rows that cannot be read as such. */
export interface TableBatch {
  readonly rows: readonly TableRow[];
  readonly rejected: readonly RejectedRow[];
  readonly fileOffsetBytes: number;
  readonly totalBytes: number;
}
