import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { openEmbeddedPostgres } from "../../src/platform/embeddedPostgres.js";
import { openDatabase } from "../../src/store/database.js";
import { benchEngine } from "./engine.js";
import { benchHttp } from "./http.js";
import { benchImport } from "./import.js";
import { machine } from "./report.js";
import { ROUTER_SECRET, startService } from "./service.js";
import { serviceCore } from "./serviceCore.js";
import { benchStarts } from "./start.js";
import { benchTraining } from "./training.js";

/**
 * What README and issues promise of the service, measured on the sample shop: a really trained model, shoppers with
 * their real histories, caches off, PostgreSQL with fsync and synchronous_commit on. Where the machine lets us, the
 * service has one core and everything else the other.
 */
export async function benchService(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "recommender-bench-"));
  chmodSync(folder, 0o711);
  const dataDir = path.join(folder, "shop");
  try {
    console.log(machine());
    await benchStarts(dataDir);
    await benchImport(path.join(folder, "import"));
    await benchServing(dataDir);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchServing(dataDir: string): Promise<void> {
  const core = serviceCore();
  const server = await openEmbeddedPostgres({ dir: dataDir, mode: "own" });
  const options = { url: server.url, maxConnections: 4, statementTimeoutMs: 0, applicationName: "recommender bench" };
  const database = await openDatabase(options);
  try {
    const userIds = await shoppersWithHistory(database);
    const environment = { DATABASE_URL: server.url, NODE_ENV: "production", ROUTER_SECRET };
    const service = await startService({ environment, core });
    try {
      await benchHttp(service, userIds);
    } finally {
      await service.stop();
    }
    // Last, so that the load generator above is a small process.
    await benchEngine(database, userIds);
    await benchTraining(database);
  } finally {
    await database.close();
    await server.stop();
  }
}

async function shoppersWithHistory(database: Awaited<ReturnType<typeof openDatabase>>): Promise<string[]> {
  const { rows } = await database.pool.query<{ user_id: string }>(
    "SELECT DISTINCT user_id FROM interactions WHERE user_id IS NOT NULL ORDER BY 1",
  );
  return rows.map((row) => row.user_id);
}
