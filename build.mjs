// Build the service into dist/: Prisma client (when the schema changed), then TypeScript by esbuild. Types are checked by `npm run types`.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const root = import.meta.dirname;
const stampOfBuild = path.join(root, "dist/.built");
const generated = path.join(root, "src/store/generated");

/** Nothing to do where the build is newer than everything it is made from: so a read-only checkout can be started. */
function isFresh() {
  if (process.argv.includes("--bench") || !existsSync(stampOfBuild)) return false;
  const builtMs = statSync(stampOfBuild).mtimeMs;
  const roots = ["src", "console", "graphql", "prisma", "build.mjs", "package.json"].map((name) =>
    path.join(root, name),
  );
  return roots.every((name) => newestMs(name) <= builtMs);
}

function newestMs(name) {
  const stat = statSync(name);
  if (!stat.isDirectory() || name === generated) return name === generated ? 0 : stat.mtimeMs;
  // The folder's own time tells of files that are gone.
  const times = readdirSync(name).map((entry) => newestMs(path.join(name, entry)));
  return Math.max(name === path.join(root, "src/store") ? 0 : stat.mtimeMs, ...times);
}

/** Absent after `npm ci --omit=dev`: then what was built before is what there is. */
async function loadEsbuild() {
  try {
    return await import("esbuild");
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    const isBuilt = existsSync(path.join(root, "dist/main.js"));
    const isLeftOut =
      (process.env.npm_config_omit ?? "").includes("dev") && process.env.npm_lifecycle_event === "prepare";
    if (!isBuilt) console.error("Cannot build: the development dependencies are required, found none; run `npm ci`");
    process.exit(isBuilt || isLeftOut ? 0 : 1);
  }
}

const stamp = path.join(generated, ".schema-hash");

function sourceFiles(dir) {
  return readdirSync(path.join(root, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** `prisma generate` wants a schema engine that it may not be able to download, and does not use it here. */
function generatePrismaClient() {
  const hash = createHash("sha256")
    .update(readFileSync(path.join(root, "prisma/schema.prisma")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  const cli = createRequire(import.meta.url).resolve("prisma/build/index.js");
  execFileSync(process.execPath, [cli, "generate"], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe"], // what it prints is shown when it fails
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
  writeFileSync(stamp, hash);
}

/** Files of sources that are gone. The folder itself stays: a service may be running from it. */
function removeStale(sources) {
  const built = new Set(sources.map((file) => path.relative(path.join(root, "src"), file).replace(/\.ts$/, ".js")));
  for (const entry of readdirSync(path.join(root, "dist"), { recursive: true })) {
    const isModule = /\.js(\.map)?$/.test(entry) && entry !== "bench.js" && entry !== "bench.js.map";
    if (isModule && !entry.startsWith(CONSOLE) && !built.has(entry.replace(/\.map$/, "")))
      rmSync(path.join(root, "dist", entry));
  }
}

const CONSOLE = `console${path.sep}`;

/**
 * The merchandiser's page: every file but index.html is named by its content, so that a browser may keep it for ever. What
 * the page loads later (the charts) is a file of its own. Written before the old ones go: a service may be running from here.
 */
async function buildConsole() {
  const outdir = path.join(root, "dist/console");
  const { outputFiles, metafile } = await build({
    entryPoints: [path.join(root, "console/main.tsx")],
    outdir,
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["chrome111", "firefox114", "safari16.4"],
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    legalComments: "linked",
    logLevel: "warning",
  });
  mkdirSync(outdir, { recursive: true });
  for (const { path: file, contents } of outputFiles) writeFileSync(file, contents);
  writeFileSync(path.join(outdir, "index.html"), consolePage(metafile));
  const built = new Set(["index.html", ...outputFiles.map(({ path: file }) => path.basename(file))]);
  for (const file of readdirSync(outdir)) if (!built.has(file)) rmSync(path.join(outdir, file));
}

/** The page with the names that its script and its style have got. Addresses are relative: it may stand behind a prefix. */
function consolePage({ outputs }) {
  const [[script, { cssBundle }]] = Object.entries(outputs).filter(
    ([, { entryPoint }]) => entryPoint === "console/main.tsx",
  );
  const html = readFileSync(path.join(root, "console/index.html"), "utf8");
  const address = (file) => `console/${path.basename(file)}`;
  return html.replace("%SCRIPT%", address(script)).replace("%STYLE%", address(cssBundle));
}

/** The benchmark is one file beside the build, and measures that build: what it imports from src stays outside. */
async function buildBench() {
  const fromBuild = {
    name: "from-build",
    setup: (b) =>
      b.onResolve({ filter: /^(\.\.\/)+src\// }, ({ path: file }) => ({
        path: file.replace(/^(\.\.\/)+src\//, "./"),
        external: true,
      })),
  };
  await build({
    entryPoints: [path.join(root, "test/bench/bench.ts")],
    outfile: path.join(root, "dist/bench.js"),
    bundle: true,
    packages: "external",
    plugins: [fromBuild],
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: true,
    logLevel: "warning",
  });
}

if (isFresh()) process.exit(0);
const { build } = await loadEsbuild();
generatePrismaClient();
const sources = sourceFiles("src");
await build({
  entryPoints: sources,
  outdir: path.join(root, "dist"),
  outbase: path.join(root, "src"),
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: true,
  logLevel: "warning",
});
removeStale(sources);
await buildConsole();
cpSync(path.join(root, "graphql"), path.join(root, "dist/graphql"), { recursive: true });
cpSync(path.join(root, "prisma/migrations"), path.join(root, "dist/prisma/migrations"), { recursive: true });
if (process.argv.includes("--bench")) await buildBench();
writeFileSync(stampOfBuild, "");
