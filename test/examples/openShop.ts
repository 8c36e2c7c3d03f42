import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll } from "vitest";
import type { Database } from "../../src/store/database.js";
import { fillTwoCircles, train } from "../integration/shop.js";
import { commandEnvironment } from "../tools/command.js";
import { freePort } from "../tools/freePort.js";
import { ROOT } from "../tools/installedPackages.js";

const TOKENS = { JWT_ISSUER: "https://catalog.example", JWT_AUDIENCE: "recommendations" };
const ROUTER_SECRET = "the-secret-of-the-router";

/** A program of the shop, which can be stopped or killed and started again on its port and its data. */
export interface Program {
  start(): Promise<void>;
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** SIGSTOP makes it hang, SIGCONT lets it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
  /** What it has printed on standard error since the beginning. */
  complaints(): string;
}

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
  readonly data: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: string[];
    readonly extensions: { code: string };
  }[];
}

/** The shop as its users have it: the built catalogue, engine and gateway, each a process; the engine by production's rules. */
export interface OpenShop {
  readonly catalog: Program;
  readonly engine: Program;
  readonly gateway: Program;
  readonly url: { readonly catalog: string; readonly engine: string; readonly gateway: string };
  /** Ask the gateway. */
  ask(query: string, headers?: Record<string, string>): Promise<Answer>;
  /** The header of a shopper who has logged in. */
  logIn(userId: string, sessionId?: string): Promise<Record<string, string>>;
}

/** Programs that a test file has started; whatever is left of them ends with the file. */
const programs: Program[] = [];
const dir = mkdtempSync(path.join(os.tmpdir(), "recommender-shop-"));

afterAll(async () => {
  await Promise.all(programs.map((program) => program.end("SIGKILL")));
  rmSync(dir, { recursive: true, force: true });
});

/** Two circles of taste, as the engine's database and as the catalogue's files, and everything that serves them. */
export async function openShop(database: Database & { url: string }): Promise<OpenShop> {
  await fillTwoCircles(database);
  await train(database);
  await writeFilesOf(database);
  const ports = { catalog: await freePort(), engine: await freePort(), gateway: await freePort() };
  const at = (name: keyof typeof ports) => `http://127.0.0.1:${ports[name]}`;
  const url = { catalog: at("catalog"), engine: at("engine"), gateway: at("gateway") };
  const catalog = openCatalog({ PORT: String(ports.catalog), ENGINE_URL: url.engine });
  const engine = openProgram(path.join(ROOT, "dist/main.js"), ["serve"], `${url.engine}/readyz`, {
    ...commandEnvironment({
      NODE_ENV: "production",
      PORT: String(ports.engine),
      DATABASE_URL: database.url,
      TRAINING_IN_SERVE: "no",
      JWT_JWKS_URL: `${url.catalog}/.well-known/jwks.json`,
      ROUTER_SECRET,
      ...TOKENS,
    }),
  });
  const gateway = openProgram(path.join(ROOT, "examples/gateway/dist/main.js"), [], `${url.gateway}/readyz`, {
    PORT: String(ports.gateway),
    CATALOG_URL: `${url.catalog}/graphql`,
    ENGINE_URL: `${url.engine}/graphql`,
    ROUTER_SECRET,
  });
  await Promise.all([catalog.start(), engine.start(), gateway.start()]);
  const ask = (query: string, headers = {}) => askAt(url.gateway, query, headers);
  return { catalog, engine, gateway, url, ask, logIn: (...who) => logIn(ask, ...who) };
}

/** The built catalogue over the shop's files; its state is in a folder of the test file's own. */
export function openCatalog({ PORT, ...environment }: Record<string, string> & { PORT: string }): Program {
  const own = { SHOP_DIR: dir, DATA_DIR: path.join(dir, "catalog"), ...TOKENS, PORT, ...environment };
  return openProgram(path.join(ROOT, "examples/catalog/dist/main.js"), [], `http://127.0.0.1:${PORT}/livez`, own);
}

export async function askAt(address: string, query: string, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query }),
  });
  return (await answer.json()) as Answer;
}

async function logIn(ask: OpenShop["ask"], userId: string, sessionId?: string) {
  const visit = sessionId === undefined ? "" : `, sessionId: "${sessionId}"`;
  const { data } = await ask(`mutation { logIn(userId: "${userId}"${visit}) { token } }`);
  return { authorization: `Bearer ${data.logIn.token}` };
}

/** The files that the catalogue reads, from what the engine's database holds. */
async function writeFilesOf({ pool }: Database): Promise<void> {
  const products = await pool.query("SELECT product_id FROM products ORDER BY product_id");
  const purchases = await pool.query(
    "SELECT user_id, product_id, occurred_at FROM interactions JOIN products USING (product_no) WHERE user_id IS NOT NULL ORDER BY occurred_at",
  );
  writeShopFiles(
    products.rows.map(({ product_id }) => product_id),
    purchases.rows.map(({ user_id, product_id, occurred_at }) => [user_id, product_id, occurred_at]),
  );
}

/** The files of a shop that sells these for 2.50 each. All purchases happen a year before, too. */
export function writeShopFiles(
  productIds: readonly string[],
  purchases: readonly (readonly [userId: string, productId: string, time: Date])[],
): void {
  const products = productIds.map((id) => `${id},THE ${id.toUpperCase()},,,2.5`);
  // A sample shopper has five orders at least.
  const rows = [365, 0].flatMap((nDays) =>
    purchases.map(([userId, productId, time]) => {
      const then = new Date(time.getTime() - nDays * 86_400_000).toISOString();
      return `${userId},${productId},${then},purchase,1`;
    }),
  );
  writeShopFile("products.csv.gz", ["product_id,name,category,tags,price", ...products]);
  writeShopFile("user_interactions.csv.gz", ["user_id,product_id,timestamp,action_type,value", ...rows]);
}

function writeShopFile(name: string, lines: readonly string[]): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, name), gzipSync(`${lines.join("\n")}\n`));
}

function openProgram(
  script: string,
  args: readonly string[],
  readyUrl: string,
  environment: Record<string, string>,
): Program {
  let child: ChildProcess | null = null;
  let complaints = "";
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...environment };
  const program: Program = {
    async start() {
      const started = spawn(process.execPath, [script, ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
      child = started;
      started.stderr.on("data", (chunk) => {
        complaints += chunk;
      });
      await Promise.race([untilAnswers(readyUrl, () => started.exitCode !== null), endedEarly(started)]);
    },
    async end(signal) {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    },
    signal: (signal) => void child?.kill(signal),
    complaints: () => complaints,
  };
  programs.push(program);
  return program;

  async function endedEarly(started: ChildProcess): Promise<void> {
    const [code] = await once(started, "exit");
    throw new Error(`${script} ended with ${code}: ${complaints}`);
  }
}

async function untilAnswers(url: string, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const isGood = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isGood) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
