import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import os from "node:os";
import path from "node:path";
import { openEmbeddedPostgres } from "../../../src/platform/embeddedPostgres.js";
import { type Database, openDatabase } from "../../../src/store/database.js";
import { machine, printFigure, quantile, seededRandom } from "../report.js";
import { ROUTER_SECRET, type RunningService, startService } from "../service.js";
import { serviceCore } from "../serviceCore.js";

const HEADERS = {
  "content-type": "application/json",
  "router-authorization": ROUTER_SECRET,
  "x-user-scopes": "interactions:write",
};
const CONNECTIONS = 16;
const N_PRODUCTS = 40_000;
const N_SHOPPERS = 50_000;

interface Row {
  readonly batch: number;
  readonly nEvents: number;
  readonly required: string;
}

const ROWS: readonly Row[] = [
  { batch: 1000, nEvents: 300_000, required: "≥ 25,000" },
  { batch: 100, nEvents: 150_000, required: "≥ 5,000" },
  { batch: 1, nEvents: 20_000, required: "–" },
];

/**
 * `POST /interactions` into an empty shop, every event a new one: the service on one core, PostgreSQL (fsync and
 * synchronous_commit on) and the load on the other. What was accepted is counted in the log afterwards.
 */
export async function benchIngestHttp(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "recommender-bench-"));
  chmodSync(folder, 0o711);
  console.log(machine());
  const core = serviceCore();
  const server = await openEmbeddedPostgres({ dir: path.join(folder, "shop"), mode: "own" });
  try {
    const environment = { DATABASE_URL: server.url, NODE_ENV: "production", ROUTER_SECRET };
    const service = await startService({ environment, core });
    const options = { url: server.url, maxConnections: 2, statementTimeoutMs: 0, applicationName: "recommender bench" };
    const database = await openDatabase(options);
    try {
      await send(service, { batch: 500, nEvents: 40_000, required: "" }, "warm");
      for (const row of ROWS) await measure(service, database, row);
      const { nowMb, peakMb } = service.memory();
      const value = `${nowMb.toFixed(0)} MB; ${peakMb.toFixed(0)} MB`;
      printFigure({ what: "resident memory of the service after that; peak", value, required: "–" });
    } finally {
      await database.close();
      await service.stop();
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(service: RunningService, database: Database, row: Row): Promise<void> {
  const nBefore = await countRows(database);
  const { seconds, ms } = await send(service, row, `batch${row.batch}`);
  const nStored = (await countRows(database)) - nBefore;
  if (nStored !== row.nEvents) throw new Error(`Every event must be stored: ${nStored} of ${row.nEvents}`);
  const perSecond = Math.round(row.nEvents / seconds).toLocaleString("en");
  printFigure({
    what: `POST /interactions, ${row.batch} a request, ${CONNECTIONS} connections (p50/p99 ms)`,
    value: `${perSecond} events/s (${quantile(ms, 0.5).toFixed(0)}/${quantile(ms, 0.99).toFixed(0)})`,
    required: row.required,
  });
}

async function countRows({ pool }: Database): Promise<number> {
  const { rows } = await pool.query("SELECT count(*)::int AS n FROM interactions");
  return rows[0].n;
}

/** Send all events of a row over CONNECTIONS connections, each asking again as soon as it is answered. */
async function send(service: RunningService, { batch, nEvents }: Row, run: string) {
  const bodies = bodiesOf(nEvents, batch, run);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const ms: number[] = [];
  let next = 0;
  const client = async () => {
    while (next < bodies.length) {
      const askedAtMs = performance.now();
      await post(service.address, agent, bodies[next++]);
      ms.push(performance.now() - askedAtMs);
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  const seconds = (performance.now() - startedMs) / 1000;
  agent.destroy();
  return { seconds, ms };
}

function post(address: string, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { ...HEADERS, "content-length": Buffer.byteLength(body) };
    const asked = request(`${address}/interactions`, { method: "POST", agent, headers }, (response) => {
      response.resume();
      response.on("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`The service answered ${response.statusCode}`));
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

function bodiesOf(nEvents: number, batch: number, run: string): string[] {
  const random = seededRandom(3);
  const nowMs = Date.now();
  const bodies: string[] = [];
  for (let from = 0; from < nEvents; from += batch) {
    const events = Array.from({ length: Math.min(batch, nEvents - from) }, (_, i) => ({
      event_id: `${run}-${from + i}`,
      user_id: `shopper-${Math.floor(random() * N_SHOPPERS)}`,
      session_id: `visit-${Math.floor(random() * N_SHOPPERS)}`,
      product_id: `product-${Math.floor(random() ** 2 * N_PRODUCTS)}`,
      action_type: random() < 0.9 ? "view" : "purchase",
      timestamp: new Date(nowMs - Math.floor(random() * 86_400_000)).toISOString(),
    }));
    bodies.push(JSON.stringify(events));
  }
  return bodies;
}
