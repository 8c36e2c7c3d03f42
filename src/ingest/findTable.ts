import { readdir } from "node:fs/promises";
import path from "node:path";
import { RecommenderError } from "../domain/errors.js";

/** Tables of a shop, and those that only an evaluation reads. */
export type TableName = "products" | "users" | "user_interactions" | "test_interactions" | "test_sessions";

/** One file of a shop's folder. */
export interface TableFile {
  readonly path: string;
  /** Its name without the folder, as messages and progress show it. */
  readonly file: string;
  readonly format: "csv" | "ndjson";
  readonly isGzip: boolean;
}

const ENDINGS = [".csv", ".csv.gz", ".ndjson", ".ndjson.gz"] as const;

/** @throws RecommenderError INVALID_IMPORT when there is no such folder */
export async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const found = code === "ENOENT" ? "nothing" : code === "ENOTDIR" ? "a file" : `one that cannot be read (${code})`;
    const message = `Cannot read ${folder}: a folder is required, found ${found}`;
    throw new RecommenderError("INVALID_IMPORT", message, { folder }, cause);
  }
}

/**
 * The file of one table among a folder's names, or null.
 *
 * @throws RecommenderError INVALID_IMPORT when two files claim to be the table: which one counts is not ours to guess
 */
export function findTable(folder: string, names: readonly string[], table: TableName): TableFile | null {
  const files = ENDINGS.map((ending) => `${table}${ending}`).filter((file) => names.includes(file));
  if (files.length > 1) {
    const message = `Cannot import ${folder}: one file for ${table} is required, found ${files.join(" and ")}`;
    throw new RecommenderError("INVALID_IMPORT", message, { folder, files });
  }
  if (files.length === 0) return null;
  const [file] = files;
  const format = file.includes(".ndjson") ? "ndjson" : "csv";
  return { path: path.join(folder, file), file, format, isGzip: file.endsWith(".gz") };
}

/** The names a table may have, for messages. */
export function namesOf(table: TableName): string {
  return `${table}${ENDINGS.join("|")}`;
}
