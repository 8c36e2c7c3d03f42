import { execFileSync } from "node:child_process";
import path from "node:path";
import { defineConfig } from "vitest/config";

/**
 * A run tests what is shipped: the build, loaded by Node itself. The sources, as a watching vitest loads them, compute
 * three times slower, since they then reach every imported constant through a getter.
 */
const isRun = process.argv.includes("run");
const dist = path.resolve(import.meta.dirname, "dist");
if (isRun) execFileSync(process.execPath, ["build.mjs"], { cwd: import.meta.dirname, stdio: "inherit" });

export default defineConfig({
  resolve: {
    alias: [
      // Node itself loads graphql's CommonJS build; two copies of graphql in one process refuse each other's types.
      { find: /^graphql$/, replacement: "graphql/index.js" },
      ...(isRun ? [{ find: /^(\.\.\/)+src(?=\/)/, replacement: dist }] : []),
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/tools/postgresForRun.ts", "test/tools/shopForRun.ts"],
    server: { deps: { external: [`${dist}/`] } },
    // One per core. By itself vitest leaves a core to the reporter, which on two cores means one file after the other.
    maxWorkers: "100%",
    // Servers, gateways and databases take their time on a busy machine; nothing here asserts a duration.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
