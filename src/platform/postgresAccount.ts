import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { RecommenderError } from "../domain/errors.js";

/** The operating-system user that PostgreSQL runs as; `null` is the one that runs this process. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number } | null;

/**
 * PostgreSQL refuses to run as root. A process of root lends it a user that exists already, `postgres` or else `nobody`:
 * nothing of the machine is changed.
 */
export function postgresAccount(): Account {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const found = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  if (found === undefined) {
    throw new RecommenderError(
      "DATABASE_UNAVAILABLE",
      "Cannot start the embedded PostgreSQL as root: a user postgres or nobody is required, /etc/passwd has neither; set DATABASE_URL, or start as another user",
    );
  }
  return { name: found[0], uid: Number(found[2]), gid: Number(found[3]) };
}

/** Options for child processes that run as this account. */
export function runAs(account: Account): { uid?: number; gid?: number } {
  return account === null ? {} : { uid: account.uid, gid: account.gid };
}

/** Whether the account can enter a folder: every folder above it must let it pass. */
export function canEnter(folder: string, account: Account): boolean {
  if (account === null) return true;
  return spawnSync("/bin/sh", ["-c", 'cd "$0"', folder], { ...runAs(account), stdio: "ignore", cwd: "/" }).status === 0;
}

/** Whether the account can run a program. */
export function canRun(program: string, account: Account): boolean {
  const tried = spawnSync(program, ["--version"], { ...runAs(account), stdio: "ignore", cwd: "/" });
  return tried.status === 0;
}
