import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import pg from "pg";
import { RecommenderError } from "../domain/errors.js";
import { type Account, runAs } from "./postgresAccount.js";
import type { PostgresFiles } from "./postgresFiles.js";

const SUPERUSER = "recommender";
export const DATABASE_NAME = "recommender";
/** Recovery after a crash replays at most max_wal_size; that is done well within this. */
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 8_000;
const POLL_MS = 40;

/** What is written into a new data folder. Durability is PostgreSQL's default: fsync and synchronous_commit on. */
const SERVER_SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "60",
  shared_buffers: "128MB",
  max_wal_size: "2GB",
  jit: "off",
  timezone: "UTC",
};

/** A running server of ours: the process that keeps it, and where it listens. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

export function serverUrl(port: number, password: string, database = DATABASE_NAME): string {
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
}

/** Make the data folder, complete or not at all: it is prepared beside its place and then renamed. */
export async function initialiseData(files: PostgresFiles, account: Account): Promise<void> {
  if (existsSync(path.join(files.data, "PG_VERSION"))) return;
  const draft = `${files.data}.init-${process.pid}`;
  const passwordFile = `${draft}.password`;
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(passwordFile, files.password, { mode: 0o600 });
  if (account !== null) chownSync(passwordFile, account.uid, account.gid);
  if (account !== null) makeFolderFor(draft, account);
  try {
    const options = [
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
    ];
    const args = ["-D", draft, "-U", SUPERUSER, `--pwfile=${passwordFile}`, "--locale=C", ...options];
    await runToEnd(path.join(files.binaries, "bin", "initdb"), args, account);
    moveIntoPlace(draft, files.data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

function makeFolderFor(folder: string, account: NonNullable<Account>): void {
  mkdirSync(folder, { mode: 0o700 });
  chownSync(folder, account.uid, account.gid);
}

function moveIntoPlace(draft: string, data: string): void {
  try {
    renameSync(draft, data);
  } catch (error) {
    if (!existsSync(path.join(data, "PG_VERSION"))) throw error; // otherwise another process was quicker
  }
}

async function runToEnd(program: string, args: readonly string[], account: Account): Promise<void> {
  const child = spawn(program, args, { ...runAs(account), cwd: "/", stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) {
    throw unavailable(`${path.basename(program)} ended with code ${code}: ${stderr.trim().split("\n").join("; ")}`);
  }
}

/** The server that runs on this data folder, if one does: also one that a killed process of ours left behind. */
export async function findRunningServer(files: PostgresFiles): Promise<RunningServer | null> {
  const pidFile = path.join(files.data, "postmaster.pid");
  const begunMs = Date.now();
  while (existsSync(pidFile)) {
    const [pid, , , port] = readFileSync(pidFile, "utf8").split("\n").map(Number);
    if (!Number.isInteger(pid) || !isAlive(pid)) return null;
    const answer = port > 0 ? await probe(port, files) : "silent";
    if (answer === "ours") return { pid, port };
    if (answer === "stranger" || Date.now() - begunMs > PATIENCE_MS[answer]) return null;
    await pause();
  }
  return null;
}

/** A server listens before it recovers: a port that stays silent belongs to nobody, and its pid to another by now. */
const PATIENCE_MS = { silent: 5_000, recovering: START_DEADLINE_MS };

/** Start a server on the loopback interface, on this port or on a free one, and wait until it answers. */
export async function startServer(files: PostgresFiles, account: Account, givenPort?: number): Promise<RunningServer> {
  const port = givenPort ?? (await freePort());
  const settings = Object.entries({ ...SERVER_SETTINGS, port: String(port) }).flatMap(([k, v]) => ["-c", `${k}=${v}`]);
  const log = openSync(files.log, "w");
  // A session of its own: Ctrl-C in the terminal reaches us alone, and we stop the server after its clients.
  const child = spawn(path.join(files.binaries, "bin", "postgres"), ["-D", files.data, ...settings], {
    ...runAs(account),
    cwd: "/",
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.unref();
  await untilReady(child, port, files);
  return { pid: child.pid as number, port };
}

async function untilReady(child: ChildProcess, port: number, files: PostgresFiles): Promise<void> {
  // Only its start is ours to watch: when it ends later, its folder may be gone.
  const started = new AbortController();
  const failed = once(child, "exit", { signal: started.signal }).then(([code]) => {
    throw unavailable(`it ended with code ${code}: ${lastLines(files.log)}`);
  });
  failed.catch(() => {});
  const deadline = Date.now() + START_DEADLINE_MS;
  while ((await Promise.race([probe(port, files), failed])) !== "ours") {
    if (Date.now() > deadline)
      throw unavailable(`it did not answer within ${START_DEADLINE_MS / 1000} s, see ${files.log}`);
    await Promise.race([pause(), failed]);
  }
  started.abort();
}

/** Fast stop: clients are cut off, everything is written. If that takes too long, at once; recovery does the rest. */
export async function stopServer(server: RunningServer): Promise<void> {
  const { pid } = server;
  askToStop(server);
  const deadline = Date.now() + STOP_DEADLINE_MS;
  while (isAlive(pid) && Date.now() < deadline) await pause();
  if (isAlive(pid)) signal(pid, "SIGQUIT");
}

/** Begin a fast stop and do not wait for it. */
export function askToStop({ pid }: RunningServer): void {
  signal(pid, "SIGINT");
}

/** Who answers on a port: our server on this very data folder, one that recovers, nobody (yet), or somebody else. */
type Answer = "ours" | "recovering" | "silent" | "stranger";

async function probe(port: number, files: PostgresFiles): Promise<Answer> {
  const client = new pg.Client({
    connectionString: serverUrl(port, files.password, "postgres"),
    connectionTimeoutMillis: 2000,
  });
  client.on("error", () => {}); // a server that goes away while asked is answered by the query's rejection
  try {
    await client.connect();
    const { rows } = await client.query("SHOW data_directory");
    return path.resolve(rows[0].data_directory) === files.data ? "ours" : "stranger";
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    if (code === "57P03" || code === "57P01") return "recovering";
    return code === "ECONNREFUSED" || code === "ECONNRESET" ? "silent" : "stranger";
  } finally {
    await client.end().catch(() => {});
  }
}

/** Create the database on a new server. */
export async function createDatabase(port: number, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl(port, password, "postgres") });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE_NAME]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE_NAME}`);
  } catch (error) {
    if ((error as { code?: string }).code !== "42P04" && (error as { code?: string }).code !== "23505") throw error;
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probeServer = createServer();
    probeServer.once("error", reject);
    probeServer.listen(0, "127.0.0.1", () => {
      const { port } = probeServer.address() as { port: number };
      probeServer.close(() => resolve(port));
    });
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

export function pause(ms = POLL_MS): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function lastLines(file: string): string {
  return readFileSync(file, "utf8").trim().split("\n").slice(-3).join("; ");
}

function unavailable(state: string): RecommenderError {
  return new RecommenderError("DATABASE_UNAVAILABLE", `Cannot start the embedded PostgreSQL: ${state}`);
}
