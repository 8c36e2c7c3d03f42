import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { deriveEventKey } from "../../src/domain/interaction.js";
import { openEmbeddedPostgres } from "../../src/platform/embeddedPostgres.js";
import { type Database, inTransaction, openDatabase } from "../../src/store/database.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { applyProductUpdates } from "../../src/store/productUpdateWriter.js";
import { machine, printFigure, quantile } from "./report.js";
import { ROUTER_SECRET, type RunningService, startService } from "./service.js";

const HEADERS = { "router-authorization": ROUTER_SECRET, "x-user-scopes": "recommendations:read:any" };
const N_CHANGES = 500;
const REQUIRED = "p99 < 1000 ms";

/**
 * How long after a commit the lists of two serving processes on one database show it: the event of a shopper nobody knew,
 * and a product that was hidden. Each change is waited for on both before the next; asking is a part of the time.
 */
export async function benchFreshness(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "recommender-bench-"));
  chmodSync(folder, 0o711);
  const dataDir = path.join(folder, "shop");
  console.log(machine());
  try {
    // The first start imports the sample shop and trains.
    await (await startService({ environment: { DATA_DIR: dataDir }, core: null })).stop();
    const server = await openEmbeddedPostgres({ dir: dataDir, mode: "own" });
    const options = { url: server.url, maxConnections: 2, statementTimeoutMs: 0, applicationName: "recommender bench" };
    const database = await openDatabase(options);
    const replicas: RunningService[] = [];
    try {
      const environment = { DATABASE_URL: server.url, NODE_ENV: "production", ROUTER_SECRET };
      for (let i = 0; i < 2; i++) replicas.push(await startService({ environment, core: null }));
      report("event committed → changed list", await timeEvents(database, replicas));
      report("product hidden → gone", await timeHidings(database, replicas));
    } finally {
      for (const replica of replicas) await replica.stop();
      await database.close();
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(what: string, ms: readonly number[]): void {
  const value = `${quantile(ms, 0.5).toFixed(0)} / ${quantile(ms, 0.99).toFixed(0)} ms`;
  printFigure({ what: `${what}, two replicas, ${ms.length} changes, p50 / p99`, value, required: REQUIRED });
}

async function timeEvents(database: Database, replicas: readonly RunningService[]): Promise<number[]> {
  const writer = createInteractionWriter(database);
  const productIds = await soldProducts(database);
  const ms: number[] = [];
  for (let i = 0; i < N_CHANGES; i++) {
    const userId = `newcomer ${i}`;
    const before = await Promise.all(replicas.map((replica) => listOf(replica, userId)));
    const facts = { userId, sessionId: null, productId: productIds[i % productIds.length], actionName: "view" };
    const none = { value: null, orderId: null, quantity: null, price: null };
    const all = { ...facts, ...none, occurredAtMs: Date.now() };
    await writer.write([{ eventKey: deriveEventKey(null, all), ...all }]);
    const isChanged = (list: readonly string[], r: number) => list.join() !== before[r].join();
    ms.push(await untilAll(replicas, userId, isChanged));
  }
  return ms;
}

async function timeHidings(database: Database, replicas: readonly RunningService[]): Promise<number[]> {
  const { rows } = await database.pool.query<{ user_id: string }>(
    "SELECT DISTINCT user_id FROM interactions WHERE user_id IS NOT NULL ORDER BY 1 LIMIT $1",
    [N_CHANGES],
  );
  const ms: number[] = [];
  for (const { user_id: userId } of rows) {
    const [productId] = await listOf(replicas[0], userId);
    const update = { change: { productId, isAvailable: false }, isDeleted: false, version: 1, sentAtMs: null };
    await inTransaction(database.pool, (client) => applyProductUpdates(client, [update]));
    ms.push(await untilAll(replicas, userId, (list) => !list.includes(productId)));
  }
  return ms;
}

/** Milliseconds until the list of this shopper is as wanted on every replica. */
async function untilAll(
  replicas: readonly RunningService[],
  userId: string,
  isWanted: (list: readonly string[], replica: number) => boolean,
): Promise<number> {
  const begin = performance.now();
  const until = async (replica: RunningService, r: number) => {
    while (!isWanted(await listOf(replica, userId), r)) {
      if (performance.now() - begin > 30_000) throw new Error(`No change within 30 s for ${userId}`);
    }
  };
  await Promise.all(replicas.map(until));
  return performance.now() - begin;
}

async function listOf({ address }: RunningService, userId: string): Promise<string[]> {
  const answer = await fetch(`${address}/recommend/${encodeURIComponent(userId)}?n=20`, { headers: HEADERS });
  if (!answer.ok) throw new Error(`Cannot ask for a list: ${answer.status} ${await answer.text()}`);
  const { recommendations } = (await answer.json()) as { recommendations: [string, number][] };
  return recommendations.map(([id]) => id);
}

async function soldProducts({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query<{ product_id: string }>(
    `SELECT product_id FROM products JOIN interactions USING (product_no) GROUP BY 1 HAVING count(*) > 50
     ORDER BY md5(product_id) LIMIT $1`,
    [N_CHANGES],
  );
  return rows.map((row) => row.product_id);
}
