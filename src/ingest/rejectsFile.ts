import { type FileHandle, mkdir, open } from "node:fs/promises";
import path from "node:path";
import { RecommenderError } from "../domain/errors.js";
import type { RejectReason } from "./rejection.js";
import type { RejectedRow } from "./tableRow.js";

/** Enough to recognise a row by; a row of megabytes must not come back whole. */
const MAX_ROW_CHARS = 2_000;

export interface RejectCount {
  readonly file: string;
  readonly reason: RejectReason;
  readonly count: number;
}

/** The rows an import did not take: counted by reason, and written one JSON object a line. No reject, no file. */
export class RejectsFile {
  private readonly counts = new Map<string, { file: string; reason: RejectReason; count: number }>();
  private handle: FileHandle | null = null;

  constructor(private readonly path: string) {}

  /** Resolves when the lines are written, so rejects never pile up in memory. */
  async write(file: string, rejected: readonly RejectedRow[]): Promise<void> {
    if (rejected.length === 0) return;
    this.handle ??= await this.open();
    for (const { rejection } of rejected) this.count(file, rejection.reason);
    await this.handle.appendFile(rejected.map((row) => toLine(file, row)).join(""));
  }

  async close(): Promise<void> {
    await this.handle?.close();
  }

  summary(): { rejected: readonly RejectCount[]; rejectsPath: string | null } {
    return { rejected: [...this.counts.values()], rejectsPath: this.handle === null ? null : this.path };
  }

  private async open(): Promise<FileHandle> {
    try {
      await mkdir(path.dirname(this.path), { recursive: true });
      return await open(this.path, "w");
    } catch (cause) {
      const message = `Cannot write rejected rows to ${this.path}: a writable file is required, found ${(cause as Error).message}`;
      throw new RecommenderError("INVALID_IMPORT", message, { path: this.path }, cause);
    }
  }

  private count(file: string, reason: RejectReason): void {
    const key = `${file}\n${reason}`;
    const counted = this.counts.get(key);
    if (counted === undefined) this.counts.set(key, { file, reason, count: 1 });
    else counted.count++;
  }
}

function toLine(file: string, { line, rejection, row }: RejectedRow): string {
  const { reason, message } = rejection;
  const text = typeof row === "string" ? row : JSON.stringify(row);
  return `${JSON.stringify({ file, line, reason, message, row: text.slice(0, MAX_ROW_CHARS) })}\n`;
}
