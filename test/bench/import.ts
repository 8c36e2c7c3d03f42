import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { importShop } from "../../src/ingest/importShop.js";
import { openEmbeddedPostgres } from "../../src/platform/embeddedPostgres.js";
import { createBulkWriter } from "../../src/store/bulkWriter.js";
import { openDatabase } from "../../src/store/database.js";
import { migrate } from "../../src/store/migrate.js";
import { printFigure } from "./report.js";

const SAMPLE_SHOP = fileURLToPath(new URL("../data/online-retail", import.meta.url));

/** The import by itself, in a folder of its own. */
export async function benchImportAlone(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "recommender-bench-"));
  chmodSync(folder, 0o711);
  try {
    await benchImport(path.join(folder, "import"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Import of the sample shop into an empty embedded server, fsync and all constraints on; rows of the interactions file. */
export async function benchImport(dataDir: string): Promise<void> {
  const server = await openEmbeddedPostgres({ dir: dataDir, mode: "own" });
  const database = await openDatabase({
    url: server.url,
    maxConnections: 4,
    statementTimeoutMs: 0,
    applicationName: "recommender bench",
  });
  try {
    await migrate(database.pool);
    const startedMs = performance.now();
    const summary = await importShop({
      folder: SAMPLE_SHOP,
      writer: createBulkWriter(database),
      shiftToNow: false,
      nowMs: Date.now(),
      onProgress: () => {},
      rejectsPath: `${dataDir}/rejects.ndjson`,
    });
    const seconds = (performance.now() - startedMs) / 1000;
    const { rows } = await database.pool.query("SELECT count(*)::int AS n FROM interactions");
    if (rows[0].n !== summary.interactions?.accepted) throw new Error("Every accepted row must be stored");
    const perSecond = Math.round((summary.interactions?.rows ?? 0) / seconds);
    const value = `${perSecond.toLocaleString("en")} rows/s`;
    printFigure({
      what: `import, ${summary.interactions?.rows} rows in ${seconds.toFixed(1)} s`,
      value,
      required: "≥ 40,000",
    });
  } finally {
    await database.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
