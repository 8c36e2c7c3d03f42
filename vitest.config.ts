import { defineConfig } from "vitest/config";

export default defineConfig({
  // Node itself loads graphql's CommonJS build; two copies of graphql in one process refuse each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/tools/postgresForRun.ts"],
    // Servers, gateways and databases take their time on a busy machine; nothing here asserts a duration.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
