import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Folders that are made, not written. */
const MADE = new Set(["node_modules", "dist", "generated"]);

/**
 * Install a package's own dependencies, unless those of its lockfile are there already.
 *
 * @returns what was done, in words
 */
export async function install(dir) {
  const stamp = path.join(dir, "node_modules/.installed-lockfile");
  const hash = hashOf(path.join(dir, "package-lock.json"));
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return "up to date";
  await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], dir);
  writeFileSync(stamp, hash);
  return "installed";
}

/**
 * Build a package unless its build is newer than everything it is made from; `also` names other folders that go into it.
 *
 * @returns what was done, in words
 */
export async function build(dir, also = []) {
  const stamp = path.join(dir, "dist/.built");
  const newest = Math.max(...[dir, ...also].map(newestMs));
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= newest) return "built before";
  await run("npm", ["run", "-s", "build"], dir);
  writeFileSync(stamp, "");
  return "built";
}

function newestMs(name) {
  const stat = statSync(name);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const entries = readdirSync(name).filter((entry) => !MADE.has(entry) && !entry.startsWith("."));
  return Math.max(0, ...entries.map((entry) => newestMs(path.join(name, entry))));
}

function hashOf(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** Run a command to its end; what it prints is shown when it fails. */
export function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (printed += chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`Cannot prepare ${cwd}: ${command} ${args.join(" ")} failed\n${printed.trimEnd()}`));
    });
  });
}
