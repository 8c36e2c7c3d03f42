import { oldestKeptMs } from "../domain/retention.js";
import type { ImportProgress } from "../ingest/importProgress.js";
import { type ImportSummary, importShop } from "../ingest/importShop.js";
import { createBulkWriter } from "../store/bulkWriter.js";
import { openDatabase } from "../store/database.js";
import { createSettingsSource } from "../store/settingsSource.js";
import { workInChild } from "./inChildProcess.js";

export interface ImportProcessOrder {
  readonly databaseUrl: string;
  readonly folder: string;
  readonly shiftToNow: boolean;
  readonly nowMs: number;
  readonly rejectsPath: string;
}

/** Entry of the import process: reading, decoding and two connections that write. */
await workInChild<ImportProcessOrder, ImportProgress, ImportSummary>(async ({ databaseUrl, ...order }, onProgress) => {
  const database = await openDatabase({
    url: databaseUrl,
    maxConnections: 3,
    statementTimeoutMs: 0,
    applicationName: "recommender import",
  });
  try {
    const settings = await createSettingsSource(database, () => {}).load();
    const oldestMs = oldestKeptMs(order.nowMs, settings["retention.months"]);
    return await importShop({ ...order, oldestMs, writer: createBulkWriter(database), onProgress });
  } finally {
    await database.close();
  }
});
