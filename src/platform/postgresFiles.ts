import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { RecommenderError } from "../domain/errors.js";
import { type Account, canEnter, canRun } from "./postgresAccount.js";

/** Where an embedded PostgreSQL has its files. */
export interface PostgresFiles {
  /** Folder with bin, lib and share. */
  readonly binaries: string;
  readonly data: string;
  readonly log: string;
  readonly password: string;
  /** Why the data is not in the folder that was asked for, or null. */
  readonly note: string | null;
}

/**
 * Choose and prepare the places. They lie in `dir`, unless PostgreSQL has to run as another user that cannot reach them
 * (a root's home is closed to others): then binaries and data go to a folder of that user under /var/tmp.
 */
export function preparePostgresFiles(dir: string, binaries: string, account: Account): PostgresFiles {
  const asked = path.resolve(dir);
  makeReachable(asked);
  const isReachable = canEnter(asked, account);
  const canRunInPlace = canRun(path.join(binaries, "bin", "postgres"), account);
  if (account === null || (isReachable && canRunInPlace)) return filesIn(asked, binaries, null);
  const refuge = refugeFor(asked, account);
  const runnable = canRunInPlace ? binaries : copyBinaries(binaries, refuge);
  if (isReachable) return filesIn(asked, runnable, null);
  return filesIn(refuge, runnable, `data in ${refuge}, since user ${account.name} cannot reach ${asked}`);
}

/** The password lies beside the data that it opens, so that neither survives the other. */
function filesIn(home: string, binaries: string, note: string | null): PostgresFiles {
  const password = keptPassword(path.join(home, "password"));
  return { binaries, data: path.join(home, "postgres"), log: path.join(home, "postgres.log"), password, note };
}

/** Made step by step: making all at once never ends where the system refuses without a word, as under /proc. */
function makeReachable(home: string): void {
  try {
    if (!existsSync(home)) {
      makeParents(path.dirname(home));
      mkdirSync(home);
      chmodSync(home, 0o711);
    }
    if (!statSync(home).isDirectory()) throw new Error("it is a file");
    accessSync(home, constants.W_OK);
  } catch (error) {
    throw new RecommenderError(
      "DATABASE_UNAVAILABLE",
      `Cannot keep the embedded PostgreSQL in ${home}: a folder that can be written is required, found "${(error as Error).message}"; set DATA_DIR or DATABASE_URL`,
      { home },
      error,
    );
  }
}

function makeParents(folder: string): void {
  if (existsSync(folder)) return;
  makeParents(path.dirname(folder));
  mkdirSync(folder);
}

function keptPassword(file: string): string {
  if (!existsSync(file)) {
    try {
      writeFileSync(file, randomBytes(24).toString("hex"), { mode: 0o600, flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another process was quicker
    }
  }
  return readFileSync(file, "utf8").trim();
}

function refugeFor(home: string, account: NonNullable<Account>): string {
  const name = createHash("sha256").update(home).digest("hex").slice(0, 12);
  const refuge = `/var/tmp/recommendation-subgraph-${name}`;
  if (!existsSync(refuge)) {
    mkdirSync(refuge, { mode: 0o700 });
    chownSync(refuge, account.uid, account.gid);
  }
  // Anybody may make a folder under /var/tmp: one that is not ours is not used.
  if (statSync(refuge).uid !== account.uid) {
    throw new RecommenderError(
      "DATABASE_UNAVAILABLE",
      `Cannot keep the embedded PostgreSQL in ${refuge}: a folder of user ${account.name} is required, it belongs to another; set DATA_DIR or DATABASE_URL`,
    );
  }
  return refuge;
}

function copyBinaries(binaries: string, refuge: string): string {
  const version = createHash("sha256").update(binaries).digest("hex").slice(0, 8);
  const copy = path.join(refuge, `binaries-${version}`);
  if (!existsSync(path.join(copy, "bin", "postgres"))) {
    cpSync(binaries, copy, { recursive: true, verbatimSymlinks: true });
    chmodSync(copy, 0o755);
  }
  return copy;
}
