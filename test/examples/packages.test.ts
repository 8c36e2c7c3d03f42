import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { build, install } from "../../examples/demo/packages.mjs";

/** A package whose build counts how often it ran. */
function openPackage(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), "recommender-package-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(path.join(dir, "src"));
  mkdirSync(path.join(dir, "dist"));
  writeFileSync(path.join(dir, "src/main.js"), "");
  writeFileSync(path.join(dir, "build.mjs"), `import fs from "node:fs"; fs.appendFileSync("dist/builds", "x");`);
  writePackage(dir, { build: "node build.mjs" });
  return dir;
}

function writePackage(dir: string, scripts: Record<string, string>): void {
  const named = { name: "one", version: "1.0.0" };
  writeFileSync(path.join(dir, "package.json"), JSON.stringify({ ...named, scripts }));
  const lockfile = { ...named, lockfileVersion: 3, requires: true, packages: { "": named } };
  writeFileSync(path.join(dir, "package-lock.json"), JSON.stringify(lockfile));
}

function writeInstalled(dir: string, packages: object): void {
  mkdirSync(path.join(dir, "node_modules"), { recursive: true });
  writeFileSync(path.join(dir, "node_modules/.package-lock.json"), JSON.stringify({ packages }));
}

function requirePackages(dir: string, packages: object): void {
  const file = path.join(dir, "package-lock.json");
  const lockfile = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...lockfile, packages: { ...lockfile.packages, ...packages } }));
}

const nBuilds = (dir: string) => readFileSync(path.join(dir, "dist/builds"), "utf8").length;

it("a package is built again only when something it is made from is newer", async () => {
  const dir = openPackage();
  expect(await build(dir)).toBe("built");
  expect(await build(dir)).toBe("built before");
  const later = Date.now() / 1000 + 60;
  utimesSync(path.join(dir, "src/main.js"), later, later);
  expect(await build(dir)).toBe("built");
  expect(nBuilds(dir)).toBe(2);
});

it("what goes into a package from elsewhere makes its build old, too", async () => {
  const [dir, other] = [openPackage(), openPackage()];
  await build(dir, [other]);
  const later = Date.now() / 1000 + 60;
  utimesSync(path.join(other, "src/main.js"), later, later);
  expect(await build(dir, [other])).toBe("built");
});

it("a build that fails says what it printed, and is tried again", async () => {
  const dir = openPackage();
  writePackage(dir, { build: "node -e \"console.error('no such type'); process.exit(2)\"" });
  await expect(build(dir)).rejects.toThrow(/^Cannot prepare .*: npm run -s build failed\n.*no such type/s);
  expect(existsSync(path.join(dir, "dist/.built"))).toBe(false);
});

it("a package is installed again only when its lockfile names what is not there", async () => {
  const dir = openPackage();
  const needed = { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } };
  const foreign = { "node_modules/b": { version: "1.0.0", integrity: "sha512-b", optional: true } };
  requirePackages(dir, { ...needed, ...foreign });
  writeInstalled(dir, needed);
  expect(await install(dir)).toBe("up to date");
  writeInstalled(dir, { "node_modules/a": { version: "0.9.0", integrity: "sha512-o" } });
  expect(await install(dir)).toBe("installed");
});
