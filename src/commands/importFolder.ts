import path from "node:path";
import type { Config } from "../config.js";
import { describeImport, describeRejects } from "../ingest/describeImport.js";
import { createImportProgress, type ImportProgress } from "../ingest/importProgress.js";
import type { ImportSummary } from "../ingest/importShop.js";
import type { Steps } from "../platform/steps.js";
import { createImportRuns } from "../store/importRuns.js";
import type { ImportProcessOrder } from "./importProcess.js";
import { inChildProcess } from "./inChildProcess.js";
import { type Shop, withShop } from "./openShop.js";

export interface ImportOrder {
  readonly folder: string;
  /** What the record of imports calls it. */
  readonly source: string;
  readonly shiftToNow: boolean;
  readonly now: Date;
  /** Where rejected rows are written, if there are any. */
  readonly rejectsDir: string;
}

/** `recommender import DIR` */
export async function importCommand(
  config: Config,
  steps: Steps,
  folder: string,
  options: { readonly shiftToNow?: boolean },
): Promise<void> {
  const order: ImportOrder = {
    folder,
    source: path.resolve(folder),
    shiftToNow: options.shiftToNow ?? false,
    now: new Date(),
    rejectsDir: config.DATA_DIR,
  };
  await withShop(config, steps, async (shop) => {
    await importFolder(order, shop, steps);
  });
}

/** Import one folder with progress on the terminal, a line for what came in, and a row in the record of imports. */
export async function importFolder(order: ImportOrder, shop: Shop, steps: Steps): Promise<ImportSummary> {
  const summary = await steps.run(
    "import",
    () => recordedImport(order, shop),
    (done) => describeImport(order, done),
  );
  for (const line of describeRejects(summary)) steps.print("rejected", line);
  return summary;
}

async function recordedImport(order: ImportOrder, shop: Shop): Promise<ImportSummary> {
  const runs = createImportRuns(shop.database);
  const runId = await runs.start(order.source);
  try {
    const summary = await importWithProgress(order, shop.url);
    await runs.finish(runId, summary);
    return summary;
  } catch (error) {
    // The database may be what failed; a row that stays "running" tells as much.
    await runs.fail(runId, error instanceof Error ? error.message : String(error)).catch(() => {});
    throw error;
  }
}

async function importWithProgress(order: ImportOrder, databaseUrl: string): Promise<ImportSummary> {
  const { folder, shiftToNow, now, rejectsDir } = order;
  const rejectsPath = path.join(rejectsDir, "rejects.ndjson");
  const processOrder: ImportProcessOrder = { databaseUrl, folder, shiftToNow, nowMs: now.getTime(), rejectsPath };
  const progress = createImportProgress(process.stdout);
  const child = inChildProcess<ImportProgress, ImportSummary>("importProcess", processOrder, {
    onProgress: progress.update,
    whenLost: "INVALID_IMPORT",
  });
  try {
    return await child.result;
  } finally {
    progress.stop();
  }
}
