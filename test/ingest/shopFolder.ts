import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { BulkWriter } from "../../src/domain/ports.js";
import { type ImportSummary, importShop, type ShopImport } from "../../src/ingest/importShop.js";

export const NOW_MS = Date.UTC(2026, 10, 23, 12);

/** A folder with these files, gone when the test is. */
export async function shopFolder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "shop-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
  return folder;
}

export function rejectsPathOf(folder: string): string {
  return path.join(folder, "out", "rejects.ndjson");
}

export function importFolder(
  folder: string,
  writer: BulkWriter,
  more: Partial<ShopImport> = {},
): Promise<ImportSummary> {
  const rejectsPath = rejectsPathOf(folder);
  return importShop({ folder, writer, shiftToNow: false, nowMs: NOW_MS, onProgress: () => {}, rejectsPath, ...more });
}
