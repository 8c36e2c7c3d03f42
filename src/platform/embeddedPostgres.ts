import pg from "pg";
import { RecommenderError } from "../domain/errors.js";
import { type Account, postgresAccount } from "./postgresAccount.js";
import { postgresBinaries } from "./postgresBinaries.js";
import { type PostgresFiles, preparePostgresFiles } from "./postgresFiles.js";
import {
  askToStop,
  createDatabase,
  findRunningServer,
  initialiseData,
  pause,
  type RunningServer,
  serverUrl,
  startServer,
  stopServer,
} from "./postgresServer.js";

/** Advisory locks on the server itself: they end with the process that holds them, however it ends. */
const OWNER_LOCK = 722_001;
const USERS_LOCK = 722_002;
const OPEN_ATTEMPTS = 3;
const REVIVE_PAUSE_MS = 500;

export interface EmbeddedPostgresOptions {
  /** Folder for data, log and password. */
  readonly dir: string;
  /**
   * `own`: the serving process; it keeps the server running and stops it when it stops. `share`: a command; it leaves a
   * running one alone.
   */
  readonly mode: "own" | "share";
  /** Told when an owned server was lost, and when it is back at its address. */
  readonly onEvent?: (event: DatabaseEvent) => void;
}

export type DatabaseEvent =
  | { readonly kind: "databaseLost"; readonly error: unknown }
  | { readonly kind: "databaseBack" };

export interface EmbeddedPostgres {
  readonly url: string;
  /** One line for the person who starts it. */
  readonly description: string;
  stop(): Promise<void>;
}

/** What this process holds of a server. Lost parts are replaced by `keepAlive`. */
interface Hold {
  readonly files: PostgresFiles;
  readonly account: Account;
  readonly options: EmbeddedPostgresOptions;
  server: RunningServer;
  locks: pg.Client;
  isStopping: boolean;
  onExit: () => void;
}

/**
 * A real PostgreSQL server in a folder, from the binaries that npm installed. A server that a killed process left
 * behind is taken over; a data folder is complete or absent; a crash is recovered by PostgreSQL itself, and a server
 * that died under its owner is started again at its address.
 *
 * @throws RecommenderError DATABASE_UNAVAILABLE if it cannot run here, DATABASE_IN_USE if another process owns it
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = postgresAccount();
  const files = preparePostgresFiles(options.dir, await postgresBinaries(), account);
  for (let attempt = 1; ; attempt++) {
    try {
      return await openOnce(files, account, options);
    } catch (error) {
      // A command that ends may stop the server between our finding it and our taking hold of it.
      if (!isServerGone(error) || attempt === OPEN_ATTEMPTS) throw error;
    }
  }
}

async function openOnce(files: PostgresFiles, account: Account, options: EmbeddedPostgresOptions) {
  const { server, isStartedHere } = await findOrStart(files, account);
  await createDatabase(server.port, files.password);
  const url = serverUrl(server.port, files.password);
  const locks = await connectWithLocks(url, options);
  const hold: Hold = { files, account, options, server, locks, isStopping: false, onExit: () => {} };
  if (options.mode === "own") {
    keepAlive(hold);
    stopAtExit(hold);
  }
  return { url, description: describe(options.dir, files, isStartedHere), stop: () => release(hold) };
}

/** The connection that holds the lock ends with the server, or with a crash of one of its processes. */
function keepAlive(hold: Hold): void {
  hold.locks.once("end", () => {
    if (!hold.isStopping) void revive(hold);
  });
}

async function revive(hold: Hold): Promise<void> {
  const { files, account, options } = hold;
  const { port } = hold.server;
  for (let isReported = false; !hold.isStopping; await pause(REVIVE_PAUSE_MS)) {
    try {
      hold.server = (await findRunningServer(files)) ?? (await startServer(files, account, port));
      hold.locks = await connectWithLocks(serverUrl(port, files.password), options);
      keepAlive(hold);
      options.onEvent?.({ kind: "databaseBack" });
      return;
    } catch (error) {
      if (!isReported) options.onEvent?.({ kind: "databaseLost", error });
      isReported = true;
    }
  }
}

/** However this process ends (a kill -9 excepted), its server does not outlive it. */
function stopAtExit(hold: Hold): void {
  hold.onExit = () => askToStop(hold.server);
  process.once("exit", hold.onExit);
}

async function findOrStart(files: PostgresFiles, account: Account) {
  const running = await findRunningServer(files);
  if (running !== null) return { server: running, isStartedHere: false };
  await initialiseData(files, account);
  try {
    return { server: await startServer(files, account), isStartedHere: true };
  } catch (error) {
    // Two processes may start at once: PostgreSQL lets one win, and the other uses it.
    const winner = await findRunningServer(files);
    if (winner === null) throw error;
    return { server: winner, isStartedHere: false };
  }
}

async function connectWithLocks(url: string, options: EmbeddedPostgresOptions): Promise<pg.Client> {
  const locks = new pg.Client({ connectionString: url, application_name: "recommender lock", keepAlive: true });
  locks.on("error", () => {}); // what it means is decided when the connection ends
  await locks.connect();
  try {
    await takeLocks(locks, options);
  } catch (error) {
    await locks.end().catch(() => {});
    throw error;
  }
  return locks;
}

async function takeLocks(locks: pg.Client, { mode, dir }: EmbeddedPostgresOptions): Promise<void> {
  await locks.query("SELECT pg_advisory_lock_shared($1)", [USERS_LOCK]);
  if (mode === "share" || (await tryLock(locks, OWNER_LOCK))) return;
  throw new RecommenderError(
    "DATABASE_IN_USE",
    `Cannot start: the embedded PostgreSQL in ${dir} must be free, another running service owns it; stop that one, or set DATA_DIR to another folder`,
    { dir },
  );
}

/** An owner stops the server; a command does so if nobody else uses it any more. */
async function release(hold: Hold): Promise<void> {
  hold.isStopping = true;
  process.off("exit", hold.onExit);
  const mayStop = hold.options.mode === "own" || (await isLastUser(hold.locks));
  try {
    if (mayStop) await stopServer(hold.server);
  } finally {
    await hold.locks.end().catch(() => {});
  }
}

/** Both locks stay held while the server stops, so that nobody takes hold of a server that is going away. */
async function isLastUser(locks: pg.Client): Promise<boolean> {
  try {
    await locks.query("SELECT pg_advisory_unlock_shared($1)", [USERS_LOCK]);
    return (await tryLock(locks, OWNER_LOCK)) && (await tryLock(locks, USERS_LOCK));
  } catch {
    return true; // The server no longer answers: stopping it is all that is left.
  }
}

async function tryLock(locks: pg.Client, key: number): Promise<boolean> {
  const { rows } = await locks.query("SELECT pg_try_advisory_lock($1) AS is_taken", [key]);
  return rows[0].is_taken;
}

function isServerGone(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return ["57P01", "57P03", "ECONNREFUSED", "ECONNRESET"].includes(code ?? "") || /terminated/.test(message ?? "");
}

function describe(dir: string, files: PostgresFiles, isStartedHere: boolean): string {
  const what = isStartedHere ? "embedded PostgreSQL started" : "embedded PostgreSQL was already running";
  return `${what}, ${files.note ?? `data in ${dir}`}`;
}
