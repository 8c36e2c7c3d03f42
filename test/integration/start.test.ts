import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { openEmbeddedPostgres } from "../../src/platform/embeddedPostgres.js";
import { type RunningCommand, startCommand } from "../tools/command.js";
import { freePort } from "../tools/freePort.js";
import { reachableFolder } from "../tools/reachableFolder.js";

const folder = reachableFolder("start-");
const dir = path.join(folder, "shop");
afterAll(async () => {
  // Whatever a failed test left running is taken over and stopped.
  await (await openEmbeddedPostgres({ dir, mode: "own" })).stop();
  rmSync(folder, { recursive: true, force: true });
});

const HOLDERS = `{ _entities(representations: [{__typename: "Product", id: "85123A"}]) { ... on Product {
  similarProducts(first: 5) { source edges { reason node { id } because { id } } } } } }`;

function start(more: Record<string, string> = {}): RunningCommand {
  return startCommand([], { DATA_DIR: dir, PORT: "0", ...more });
}

async function addressOf(service: RunningCommand): Promise<string> {
  return (await service.line(/^Open /)).replace(/^Open (.*)\/graphql$/, "$1");
}

async function ask(address: string, query: string) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${address}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
  return (await answer.json()) as { data: { _entities: [{ similarProducts: SimilarList }] } };
}

interface SimilarList {
  readonly source: string;
  readonly edges: { readonly node: { readonly id: string } }[];
}

/** The names of the sample shop's products, from the file that was imported. */
async function sampleNames(): Promise<Map<string, string>> {
  const { gunzipSync } = await import("node:zlib");
  const { parse } = await import("csv-parse/sync");
  const rows: string[][] = parse(gunzipSync(readFileSync("data/online-retail/products.csv.gz")), { from_line: 2 });
  return new Map(rows.map(([id, name]) => [id, name]));
}

/** Ask until there is an answer, or the service has ended without one. */
async function untilAlive(url: string, service: RunningCommand): Promise<void> {
  while (service.process.exitCode === null) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The service ended: ${service.output().stderr}`);
}

function isDatabaseRunning(): boolean {
  return existsSync(path.join(dir, "postgres", "postmaster.pid"));
}

/** The log and the metrics agree on what serves, and the list just asked for is counted. */
async function expectWatched(service: RunningCommand, address: string): Promise<void> {
  const { stderr } = service.output();
  const lines = stderr.split("\n").filter((line) => line.includes('"msg":"scorer backend"'));
  expect(lines).toHaveLength(1);
  const passedOver = "tensorflow: it is not installed";
  expect(JSON.parse(lines[0])).toMatchObject({ level: 30, backend: "wasm", asked: "auto", passedOver });
  const metrics = await (await fetch(`${address}/metrics`)).text();
  expect(metrics).toContain('\nrecommender_scorer_backend_info{backend="wasm"} 1\n');
  expect(metrics).toContain('\nrecommender_model_info{version="1"} 1\n');
  expect(metrics).toContain('\nrecommender_lists_total{source="ITEM_TO_ITEM"} 1\n');
  // Of the two parts of the import the second found rows of the first, and was done in this process.
  for (const fate of ["accepted", "duplicate"]) {
    expect(metrics).toMatch(
      new RegExp(`\\nrecommender_events_total{source="file",action="purchase",fate="${fate}"} [1-9]`),
    );
  }
}

/** Nine of ten shoppers leave, so that a second training takes a tenth of the first. */
async function forgetMostShoppers(): Promise<number> {
  const server = await openEmbeddedPostgres({ dir, mode: "share" });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query("DELETE FROM interactions WHERE user_id IS NULL OR abs(hashtext(user_id)) % 10 > 0");
  const { rows } = await client.query("SELECT count(*)::int AS n FROM interactions");
  await client.end();
  await server.stop();
  return rows[0].n;
}

/** Processes that this one has started, as Linux tells of them. */
function childrenOf(pid: number | undefined): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}

function isImporting(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("importProcess");
}

/** False as well for one that has ended and that nobody has asked for its exit code. */
function isRunning(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

test("an import whose process is lost ends the start with one clear line", { timeout: 60_000 }, async () => {
  const service = start();
  await service.line(/^import .* user_interactions\.csv\.gz/);
  for (const child of childrenOf(service.process.pid).filter(isImporting)) process.kill(child, "SIGKILL");
  const { code, stderr } = await service.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Cannot finish: the process importProcess ended by SIGKILL/m);
  expect(isDatabaseRunning()).toBe(false);
});

test("a kill -9 while it imports takes the import along", { timeout: 60_000 }, async () => {
  const service = start();
  await service.line(/^import .* user_interactions\.csv\.gz/);
  const importing = childrenOf(service.process.pid).filter(isImporting);
  expect(importing).toHaveLength(1);
  service.process.kill("SIGKILL");
  await service.ended; // the import writes to the same terminal: it has ended, too
  expect(isRunning(importing[0])).toBe(false);
});

test("a first start that is cut off while it imports is finished by the next one", { timeout: 180_000 }, async () => {
  const cutOff = start();
  await cutOff.line(/^import .* user_interactions\.csv\.gz [4-6]\d %/);
  cutOff.process.kill("SIGINT");
  expect((await cutOff.ended).code).toBe(0);
  expect(isDatabaseRunning()).toBe(false);
});

test("the first start imports, trains and serves; Ctrl-C stops the database too", { timeout: 300_000 }, async () => {
  const service = start({ LOG_LEVEL: "info" });
  const address = await addressOf(service);
  const { stdout } = service.output();
  for (const step of ["database", "schema", "import", "model", "serving"])
    expect(stdout).toMatch(new RegExp(`^${step} .*\\(.* m?s\\)$`, "m"));
  expect(stdout).toContain("the sample shop's import was cut off; it is finished now");
  expect(stdout).toMatch(/330,160 rows → .* interactions, .* duplicates.* moved by .* days \(whole weeks\)/);
  expect(stdout).toContain("version 1 trained on 326,259 interactions, 3,659 products");
  expect(stdout.trim().split("\n").at(-1)).toMatch(/^Open http:\/\/127\.0\.0\.1:\d+\/graphql$/);

  const [{ similarProducts }] = (await ask(address, HOLDERS)).data._entities;
  const names = await sampleNames();
  expect(similarProducts.source).toBe("ITEM_TO_ITEM");
  const holders = similarProducts.edges.filter(({ node }) => /T-LIGHT/.test(names.get(node.id) ?? ""));
  expect(holders.length).toBeGreaterThanOrEqual(4);
  await expectWatched(service, address);

  service.process.kill("SIGINT");
  expect((await service.ended).code).toBe(0);
  expect(isDatabaseRunning()).toBe(false);
});

test("a later start reuses everything, also after a kill -9, and a second one beside it is refused", {
  timeout: 300_000,
}, async () => {
  const killed = start();
  await addressOf(killed);
  expect(killed.output().stdout).toMatch(/^model {6}version 1 is active$/m);
  killed.process.kill("SIGKILL");
  await killed.ended;
  expect(isDatabaseRunning()).toBe(true);

  const service = start();
  const address = await addressOf(service);
  expect(service.output().stdout).toContain("was already running");
  const second = await start().ended;
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(/^Cannot start: the embedded PostgreSQL in .* another running service owns it/);

  const nLeft = await forgetMostShoppers();
  const train = startCommand(["train"], { DATA_DIR: dir });
  expect((await train.ended).stdout).toContain(`version 2 trained on ${nLeft.toLocaleString("en")} interactions`);
  expect((await ask(address, HOLDERS)).data._entities[0].similarProducts.edges.length).toBe(5);

  service.process.kill("SIGINT");
  expect((await service.ended).code).toBe(0);
  expect(isDatabaseRunning()).toBe(false);
});

test("a reader of its lines that goes away does not end the service", async () => {
  const port = await freePort();
  const service = startCommand([], { DATA_DIR: dir, PORT: String(port) });
  await service.line(/^database /);
  service.process.stdout?.destroy();
  await untilAlive(`http://127.0.0.1:${port}/livez`, service);
  service.process.kill("SIGINT");
  expect((await service.ended).code).toBe(0);
  expect(isDatabaseRunning()).toBe(false);
});

test("Ctrl-C in the middle of a start leaves no server behind", async () => {
  const service = start();
  await service.line(/^database /);
  service.process.kill("SIGINT");
  const { code, stderr } = await service.ended;
  expect([code, stderr]).toEqual([0, ""]);
  expect(isDatabaseRunning()).toBe(false);
});

test("a scorer that is not there is told before anything is started for it", async () => {
  const { code, stdout, stderr } = await start({ TF_BACKEND: "tensorflow", TFJS_NODE_DIR: folder }).ended;
  expect(code).toBe(1);
  expect(stdout).not.toContain("database");
  expect(stderr).toMatch(/^Cannot load the native scorer: @tensorflow\/tfjs-node is required, it is not installed in /);
});
