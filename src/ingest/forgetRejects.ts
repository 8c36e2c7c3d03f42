import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { mentionsShopper } from "../domain/mentions.js";

/**
 * Take the rows that speak of one of these shoppers out of a file of rejected rows. The rest takes the file's place at
 * once; without a file there is nothing to do.
 */
export async function forgetRejects(file: string, ids: readonly string[]): Promise<void> {
  const rest = `${file}.rest`;
  try {
    const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
    await pipeline(Readable.from(withoutShopper(lines, ids)), createWriteStream(rest));
    await rename(rest, file);
  } catch (error) {
    await rm(rest, { force: true });
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

async function* withoutShopper(lines: AsyncIterable<string>, ids: readonly string[]): AsyncIterable<string> {
  for await (const line of lines) if (!textsOf(line).some((text) => mentionsShopper(text, ids))) yield `${line}\n`;
}

/** The row as it came and what was said of it; of a line that was cut off, all there is. */
function textsOf(line: string): string[] {
  try {
    const { row, message } = JSON.parse(line) as { row: string; message: string };
    return [row, message];
  } catch {
    return [line];
  }
}
