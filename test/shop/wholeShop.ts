import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { freePort } from "../tools/freePort.js";
import { ROOT } from "../tools/installedPackages.js";

const TOKENS = { JWT_ISSUER: "https://catalog.example", JWT_AUDIENCE: "recommendations" };
const STOP_MS = 20_000;

/** The packages that the whole shop is built of. */
export const SHOP_PACKAGES = ["examples/catalog", "examples/gateway", "examples/storefront"] as const;

/** The whole shop as `npm run demo` has it: the sample shop's catalogue, engine, gateway and storefront, each a process. */
export interface WholeShop {
  readonly url: Record<"catalog" | "engine" | "gateway" | "storefront", string>;
  /** Ask the gateway. */
  ask(query: string, variables?: object): Promise<Record<string, unknown>>;
  stopEngine(): Promise<void>;
  startEngine(): Promise<void>;
  /** Stop everything and remove its data. */
  close(): Promise<void>;
}

/** Start everything on free ports; the engine imports the sample shop and trains. The packages are built by then. */
export async function openWholeShop(): Promise<WholeShop> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "whole-shop-"));
  const programs: Program[] = [];
  const url = {
    catalog: await address(),
    engine: await address(),
    gateway: await address(),
    storefront: await address(),
  };

  async function run(name: keyof WholeShop["url"], args: readonly string[], cwd: string, health: string, env: object) {
    const own = { HOST: "127.0.0.1", PORT: new URL(url[name]).port, LOG_LEVEL: "warn", ...env };
    const program = await startProgram(args, path.join(ROOT, cwd), own, url[name] + health);
    programs.push(program);
    return program;
  }

  const startEngine = () =>
    run("engine", ["dist/main.js", "serve"], ".", "/readyz", {
      DATA_DIR: path.join(dir, "engine"),
      JWT_JWKS_URL: `${url.catalog}/.well-known/jwks.json`,
      ...TOKENS,
    });

  async function close(): Promise<void> {
    for (const program of programs.reverse()) await program.stop();
    rmSync(dir, { recursive: true, force: true });
  }

  try {
    mkdirSync(path.join(dir, "catalog"));
    await run("catalog", ["dist/main.js"], "examples/catalog", "/livez", {
      ENGINE_URL: url.engine,
      DATA_DIR: path.join(dir, "catalog"),
      ...TOKENS,
    });
    let engine = await startEngine();
    await run("gateway", ["dist/main.js"], "examples/gateway", "/readyz", {
      CATALOG_URL: `${url.catalog}/graphql`,
      ENGINE_URL: `${url.engine}/graphql`,
    });
    await run("storefront", ["node_modules/vite/bin/vite.js", "preview"], "examples/storefront", "/", {
      GATEWAY_URL: url.gateway,
      CATALOG_URL: url.catalog,
      ENGINE_URL: url.engine,
    });
    return {
      url,
      ask: (query, variables) => ask(url.gateway, query, variables),
      stopEngine: () => engine.stop(),
      async startEngine() {
        engine = await startEngine();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function address(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}

interface Program {
  stop(): Promise<void>;
}

async function startProgram(args: readonly string[], cwd: string, own: object, readyUrl: string): Promise<Program> {
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...own };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      printed += chunk;
    });
  }
  while (!(await isGood(readyUrl))) {
    if (hasEnded(child)) throw new Error(`Cannot open the shop: ${args.join(" ")} in ${cwd} has ended\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(timer);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function isGood(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function ask(gateway: string, query: string, variables: object = {}): Promise<Record<string, unknown>> {
  const answer = await fetch(`${gateway}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await answer.json()) as { data: Record<string, unknown>; errors?: object[] };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}
