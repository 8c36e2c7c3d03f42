// `npm run demo`: the whole shop on this machine. Catalogue, engine, gateway and storefront, each a process of its own.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { build, install, run } from "./packages.mjs";
import { isFree, Services, untilAnswers } from "./services.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");
const HOST = "127.0.0.1";
const DATA = path.resolve(process.env.DEMO_DIR || path.join(ROOT, ".demo"));

const PORTS = {
  catalog: portOf("CATALOG_PORT", 4010),
  engine: portOf("ENGINE_PORT", 4001),
  gateway: portOf("GATEWAY_PORT", 4000),
  storefront: portOf("STOREFRONT_PORT", 5173),
};
const at = (name) => `http://${HOST}:${PORTS[name]}`;

const folders = {
  react: path.join(ROOT, "packages/react"),
  catalog: path.join(ROOT, "examples/catalog"),
  gateway: path.join(ROOT, "examples/gateway"),
  storefront: path.join(ROOT, "examples/storefront"),
};

/** Who signs tokens, and for whom: the same words at the catalogue and at the engine. */
const TOKENS = { JWT_ISSUER: "https://catalog.example", JWT_AUDIENCE: "recommendations" };

/** Between gateway and engine, for as long as they run. */
const ROUTER_SECRET = randomBytes(24).toString("base64url");

const services = new Services();
let consoleLink = null;

process.on("SIGINT", () => stopOn("Ctrl-C"));
process.on("SIGTERM", () => stopOn("SIGTERM"));
process.on("SIGHUP", () => stopOn("SIGHUP"));
services.onEnd = ({ name, lines, log }) => fail(`${name} has ended by itself; ${log} ends with:\n${lines.join("\n")}`);

try {
  await demo();
} catch (error) {
  await fail(error.message);
}

async function demo() {
  const startedMs = Date.now();
  await requireFreePorts();
  mkdirSync(path.join(DATA, "logs"), { recursive: true });
  await step("build", () => run(process.execPath, ["build.mjs"], ROOT), "engine: built");
  const hasStorefront = existsSync(path.join(folders.storefront, "package.json"));
  // The engine's first start learns for a minute: time enough to install and build the others.
  await Promise.all([startEngine(), startOthers(hasStorefront)]);
  if (!services.isStopping) announce(hasStorefront, ((Date.now() - startedMs) / 1000).toFixed(1));
}

async function requireFreePorts() {
  for (const [name, port] of Object.entries(PORTS)) {
    if (await isFree(HOST, port)) continue;
    throw new Error(
      `Cannot start: port ${port} for the ${name} is required to be free, found somebody listening; stop them, or set ${name.toUpperCase()}_PORT`,
    );
  }
}

async function startOthers(hasStorefront) {
  await prepare("catalog");
  await step("catalog", startCatalog, at("catalog"));
  await prepare("gateway");
  // It waits for the engine by itself.
  const gateway = step("gateway", startGateway, `${at("gateway")}/graphql`);
  if (hasStorefront) {
    // It takes its hooks from beside as sources.
    await prepare("storefront", [folders.react]);
    await step("storefront", startStorefront, at("storefront"));
  } else print("storefront", "left out: examples/storefront is not there");
  await gateway;
}

async function prepare(name, also) {
  await step(
    "install",
    () => install(folders[name]),
    (done) => `${name}: ${done}`,
  );
  await step(
    "build",
    () => build(folders[name], also),
    (done) => `${name}: ${done}`,
  );
}

async function startCatalog() {
  start("catalog", ["--enable-source-maps", "dist/main.js"], {
    cwd: folders.catalog,
    env: { PORT: PORTS.catalog, ENGINE_URL: at("engine"), DATA_DIR: path.join(DATA, "catalog"), ...TOKENS },
  });
  await untilAnswers(`${at("catalog")}/livez`, () => services.isStopping);
}

/** Its first start imports the sample shop and trains, so its own lines are shown. */
async function startEngine() {
  start("engine", ["--enable-source-maps", "dist/main.js", "serve"], {
    cwd: ROOT,
    env: {
      PORT: PORTS.engine,
      DATA_DIR: path.join(DATA, "engine"),
      JWT_JWKS_URL: `${at("catalog")}/.well-known/jwks.json`,
      ROUTER_SECRET,
      ...TOKENS,
    },
    onLine: (line) => {
      consoleLink = /^Console: (\S+)$/.exec(line)?.[1] ?? consoleLink;
      if (/^(database|schema|import|model|gate|serving) /.test(line)) console.log(line);
    },
  });
  await untilAnswers(`${at("engine")}/readyz`, () => services.isStopping);
}

async function startGateway() {
  start("gateway", ["--enable-source-maps", "dist/main.js"], {
    cwd: folders.gateway,
    env: {
      PORT: PORTS.gateway,
      CATALOG_URL: `${at("catalog")}/graphql`,
      ENGINE_URL: `${at("engine")}/graphql`,
      ROUTER_SECRET,
    },
  });
  await untilAnswers(`${at("gateway")}/readyz`, () => services.isStopping);
}

async function startStorefront() {
  start("storefront", ["node_modules/vite/bin/vite.js", "preview"], {
    cwd: folders.storefront,
    env: {
      PORT: PORTS.storefront,
      GATEWAY_URL: at("gateway"),
      CATALOG_URL: at("catalog"),
      ENGINE_URL: at("engine"),
    },
  });
  await untilAnswers(at("storefront"), () => services.isStopping);
}

function start(name, args, { env, ...options }) {
  const log = path.join(DATA, `logs/${name}.log`);
  const own = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)]));
  services.start(name, args, { ...options, log, env: { ...process.env, HOST, ...own } });
}

/** Run one step, then print what it did and the time it took. */
async function step(name, work, describe) {
  const startedMs = Date.now();
  const result = await work();
  if (services.isStopping) return;
  const ms = Date.now() - startedMs;
  const text = typeof describe === "function" ? describe(result) : describe;
  print(name, `${text} (${ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`})`);
}

function print(name, text) {
  console.log(`${name.padEnd(10)} ${text}`);
}

function announce(hasStorefront, seconds) {
  print("admin", `${at("catalog")}/admin changes stock, price and availability`);
  if (consoleLink !== null) print("console", consoleLink);
  print("ready", `after ${seconds} s; Ctrl-C stops everything, data is in ${DATA}`);
  console.log(`Open ${hasStorefront ? at("storefront") : `${at("gateway")}/graphql`}`);
}

/** The first signal stops in order, the second at once. */
async function stopOn(reason) {
  if (services.isStopping) {
    services.kill();
    process.exit(1);
  }
  print("stop", `on ${reason}`);
  await services.stop();
  process.exit(0);
}

async function fail(message) {
  if (services.isStopping) return;
  console.error(message);
  await services.stop();
  process.exit(1);
}

function portOf(name, fallback) {
  const port = Number(process.env[name] || fallback);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  console.error(`Cannot start: ${name} requires a port from 1 to 65535, found "${process.env[name]}"`);
  process.exit(1);
}
