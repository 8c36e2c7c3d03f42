import { access, constants, open, stat } from "node:fs/promises";
import path from "node:path";
import { RecommenderError } from "../domain/errors.js";
import type { ListLine } from "./computeLists.js";

/** Whose list a line is. */
export type ListSubject = { readonly user_id: string } | { readonly session: string };

const LINES_PER_WRITE = 1000;

/**
 * Say no before the work is done, not after it.
 *
 * @throws RecommenderError INVALID_INPUT when the file, or a new one in its folder, cannot be written
 */
export async function requireWritable(file: string): Promise<void> {
  const target = path.resolve(file);
  const stats = await stat(target).catch(() => null);
  if (stats?.isDirectory() || file.endsWith(path.sep)) refuse(file, new Error("a folder"));
  // With the dot it has to be a folder; a file may well be writable, too.
  const touched = stats === null ? `${path.dirname(target)}${path.sep}.` : target;
  await access(touched, constants.W_OK).catch((cause) => refuse(file, cause));
}

/** Write lists as NDJSON, one object a line; a file that is there is replaced. */
export async function writeLists(
  file: string,
  subjects: readonly ListSubject[],
  lines: readonly ListLine[],
): Promise<void> {
  const handle = await open(file, "w").catch((cause) => refuse(file, cause));
  try {
    for (let from = 0; from < lines.length; from += LINES_PER_WRITE) {
      const piece = lines.slice(from, from + LINES_PER_WRITE);
      await handle.appendFile(
        piece.map((line, i) => `${JSON.stringify({ ...subjects[from + i], ...line })}\n`).join(""),
      );
    }
  } finally {
    await handle.close();
  }
}

function refuse(file: string, cause: unknown): never {
  const message = `Cannot write lists to ${file}: a writable file is required, found ${(cause as Error).message}`;
  throw new RecommenderError("INVALID_INPUT", message, { file }, cause);
}
