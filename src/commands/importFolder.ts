import path from "node:path";
import type { Config } from "../config.js";
import { describeImport, describeRejects } from "../ingest/describeImport.js";
import { createImportProgress } from "../ingest/importProgress.js";
import { importShop } from "../ingest/importShop.js";
import type { Steps } from "../platform/steps.js";
import { createBulkWriter } from "../store/bulkWriter.js";
import type { Database } from "../store/database.js";
import { openShop } from "./openShop.js";

export interface ImportOrder {
  readonly folder: string;
  readonly shiftToNow: boolean;
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
  const shop = await openShop(config, steps, "share");
  try {
    const order = { folder, shiftToNow: options.shiftToNow ?? false, rejectsDir: config.DATA_DIR };
    await importFolder(order, shop.database, steps);
  } finally {
    await shop.close();
  }
}

/** Import one folder with progress on the terminal and a line for what came in. */
export async function importFolder(order: ImportOrder, database: Database, steps: Steps): Promise<void> {
  const progress = createImportProgress(process.stdout);
  const summary = await steps.run(
    "import",
    () =>
      importShop({
        folder: order.folder,
        writer: createBulkWriter(database),
        shiftToNow: order.shiftToNow,
        nowMs: Date.now(),
        onProgress: progress.update,
        rejectsPath: path.join(order.rejectsDir, "rejects.ndjson"),
      }).finally(() => progress.stop()),
    (done) => describeImport(order, done),
  );
  for (const line of describeRejects(summary)) steps.print("rejected", line);
}
