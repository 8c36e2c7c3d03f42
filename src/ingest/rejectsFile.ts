import { existsSync } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import path from "node:path";
import type { RejectReason } from "./rejection.js";
import type { RejectedRow } from "./tableRow.js";

/** Enough to recognise a row by; a row of megabytes must not come back whole. */
const MAX_ROW_CHARS = 2_000;

export interface RejectCount {
  readonly file: string;
  readonly reason: RejectReason;
  readonly count: number;
}

/** What became of the rows that an import did not take. */
export interface RejectsSummary {
  readonly rejected: readonly RejectCount[];
  /** Where they can be read; null when there are none, or they could not be kept. */
  readonly rejectsPath: string | null;
  /** Why they, or the last of them, could not be kept; null when they were. */
  readonly rejectsProblem: string | null;
}

/**
 * The rows an import did not take: counted by reason, and written one JSON object a line. No reject, no file. Where the
 * file cannot be written they are counted all the same: bad rows do not stop an import, nor does a full disk beside it.
 */
export class RejectsFile {
  private readonly counts = new Map<string, { file: string; reason: RejectReason; count: number }>();
  private handle: FileHandle | null = null;
  private problem: string | null = null;

  constructor(private readonly path: string) {}

  /** Resolves when the lines are written, so rejects never pile up in memory. */
  async write(file: string, rejected: readonly RejectedRow[]): Promise<void> {
    if (rejected.length === 0) return;
    for (const { rejection } of rejected) this.count(file, rejection.reason);
    if (this.problem !== null) return;
    try {
      this.handle ??= await openAnew(this.path);
      await this.handle.appendFile(rejected.map((row) => toLine(file, row)).join(""));
    } catch (cause) {
      this.problem = `Cannot keep rejected rows in ${this.path}: a writable file is required, found ${(cause as Error).message}; set DATA_DIR`;
    }
  }

  async close(): Promise<void> {
    await this.handle?.close();
  }

  summary(): RejectsSummary {
    const rejectsPath = this.handle === null ? null : this.path;
    return { rejected: [...this.counts.values()], rejectsPath, rejectsProblem: this.problem };
  }

  private count(file: string, reason: RejectReason): void {
    const key = `${file}\n${reason}`;
    const counted = this.counts.get(key);
    if (counted === undefined) this.counts.set(key, { file, reason, count: 1 });
    else counted.count++;
  }
}

async function openAnew(file: string): Promise<FileHandle> {
  await makeFolder(path.dirname(file));
  return open(file, "w");
}

/** Made step by step: making all at once never ends where the system refuses without a word, as under /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await makeFolder(path.dirname(folder));
  await mkdir(folder);
}

function toLine(file: string, { line, rejection, row }: RejectedRow): string {
  const { reason, message } = rejection;
  const text = typeof row === "string" ? row : JSON.stringify(row);
  return `${JSON.stringify({ file, line, reason, message, row: text.slice(0, MAX_ROW_CHARS) })}\n`;
}
