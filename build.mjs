// Build the service into dist/: Prisma client (when the schema changed), then TypeScript by esbuild. Types are checked by `npm run types`.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";

const root = import.meta.dirname;
const generated = path.join(root, "src/store/generated");
const stamp = path.join(generated, ".schema-hash");

function sourceFiles(dir) {
  return readdirSync(path.join(root, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** `prisma generate` wants a schema engine that it may not be able to download, and does not use it here. */
function generatePrismaClient() {
  const hash = createHash("sha256").update(readFileSync(path.join(root, "prisma/schema.prisma"))).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  const cli = createRequire(import.meta.url).resolve("prisma/build/index.js");
  execFileSync(process.execPath, [cli, "generate"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1", CHECKPOINT_DISABLE: "1" },
  });
  writeFileSync(stamp, hash);
}

generatePrismaClient();
rmSync(path.join(root, "dist"), { recursive: true, force: true });
await build({
  entryPoints: sourceFiles("src"),
  outdir: path.join(root, "dist"),
  outbase: path.join(root, "src"),
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: true,
  logLevel: "warning",
});
cpSync(path.join(root, "graphql"), path.join(root, "dist/graphql"), { recursive: true });
cpSync(path.join(root, "prisma/migrations"), path.join(root, "dist/prisma/migrations"), { recursive: true });
