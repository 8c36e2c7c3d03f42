import { RecommenderError } from "../domain/errors.js";
import { ChunkWriter } from "./chunkWriter.js";
import type { TableFile } from "./findTable.js";
import type { ImportProgress } from "./importProgress.js";
import type { RawFields } from "./readField.js";
import { readTable } from "./readTable.js";
import { Rejection } from "./rejection.js";
import type { RejectsFile } from "./rejectsFile.js";
import type { RejectedRow, TableBatch } from "./tableRow.js";

export interface TableImport<T> {
  readonly required: readonly string[];
  readonly decode: (fields: RawFields) => T | Rejection;
  readonly write: (chunk: readonly T[]) => Promise<void>;
  /** Chunks written at once; 1 where of two rows with one id the later must stand. */
  readonly maxInFlight: number;
  readonly rejects: RejectsFile;
  readonly onProgress: (progress: ImportProgress) => void;
}

/**
 * Read one file, decode its rows and write the good ones in chunks; the others go to the rejects file. When the file
 * turns out to be damaged, everything before the damage is written before the error comes out.
 *
 * @returns how many rows the file has, rejected ones included
 */
export async function importTable<T>(table: TableFile, order: TableImport<T>): Promise<number> {
  const chunks = new ChunkWriter(order.write, order.maxInFlight);
  let nRows = 0;
  let nTaken = 0;
  try {
    for await (const batch of readTable(table, order.required)) {
      const { values, rejected } = decodeBatch(batch, order.decode);
      nRows += values.length + rejected.length;
      nTaken += values.length;
      await order.rejects.write(table.file, rejected);
      await chunks.add(values);
      const { fileOffsetBytes: readBytes, totalBytes } = batch;
      order.onProgress({ file: table.file, readBytes, totalBytes, rows: nRows });
    }
  } catch (error) {
    await chunks.end();
    throw damageAfter(nTaken, error);
  }
  await chunks.end();
  return nRows;
}

/** What is in stays in: whoever reads of a damage has to know that, and that nothing will count twice. */
function damageAfter(nTaken: number, error: unknown): unknown {
  if (nTaken === 0 || !(error instanceof RecommenderError) || error.code !== "INVALID_IMPORT") return error;
  const taken =
    nTaken === 1 ? "the row before it was taken" : `the ${nTaken.toLocaleString("en-US")} rows before it were taken`;
  const message = `${error.message}; ${taken}, and importing the mended file again is safe: a row counts once`;
  return new RecommenderError(error.code, message, { ...error.facts, nTaken }, error);
}

function decodeBatch<T>(batch: TableBatch, decode: TableImport<T>["decode"]) {
  const values: T[] = [];
  const rejected: RejectedRow[] = [...batch.rejected];
  for (const { line, fields } of batch.rows) {
    const value = decode(fields);
    if (value instanceof Rejection) rejected.push({ line, rejection: value, row: fields });
    else values.push(value);
  }
  return { values, rejected };
}
