import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Folders that are made, not written. */
const MADE = new Set(["node_modules", "dist", "generated"]);

/**
 * Install a package's own dependencies, unless what its lockfile names is there already.
 *
 * @returns what was done, in words
 */
export async function install(dir) {
  if (isInstalled(dir)) return "up to date";
  await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], dir);
  return "installed";
}

/** npm writes down what it has installed; a package that is for other machines alone may be missing there. */
function isInstalled(dir) {
  const written = path.join(dir, "node_modules/.package-lock.json");
  if (!existsSync(written)) return false;
  const { packages: installed } = JSON.parse(readFileSync(written, "utf8"));
  const { packages: required } = JSON.parse(readFileSync(path.join(dir, "package-lock.json"), "utf8"));
  return Object.entries(required).every(([name, { version, integrity, optional }]) => {
    if (name === "" || (optional && installed[name] === undefined)) return true;
    return installed[name]?.version === version && installed[name]?.integrity === integrity;
  });
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

/** Run a command to its end; what it prints is shown when it fails. */
export function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: plainEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (printed += chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`Cannot prepare ${cwd}: ${command} ${args.join(" ")} failed\n${printed.trimEnd()}`));
    });
  });
}

/** What stands in NODE_ENV is for running: by it npm would leave build tools out, and a page would be built for tests. */
function plainEnvironment() {
  const { NODE_ENV: _running, ...others } = process.env;
  return others;
}
