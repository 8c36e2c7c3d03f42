// Build the service into dist/: Prisma client (when the schema changed), then TypeScript by esbuild. Types are checked by `npm run types`.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const root = import.meta.dirname;

/** Absent after `npm ci --omit=dev`: then what was built before is what there is. */
async function loadEsbuild() {
  try {
    return await import("esbuild");
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    if (existsSync(path.join(root, "dist/main.js"))) process.exit(0);
    console.error("Cannot build: the development dependencies are required, found none; run `npm ci`");
    process.exit(1);
  }
}

const { build } = await loadEsbuild();
const generated = path.join(root, "src/store/generated");
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
    if (isModule && !built.has(entry.replace(/\.map$/, ""))) rmSync(path.join(root, "dist", entry));
  }
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
cpSync(path.join(root, "graphql"), path.join(root, "dist/graphql"), { recursive: true });
cpSync(path.join(root, "prisma/migrations"), path.join(root, "dist/prisma/migrations"), { recursive: true });
if (process.argv.includes("--bench")) await buildBench();
