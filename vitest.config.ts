import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/tools/postgresForRun.ts"],
    // Servers, gateways and databases take their time on a busy machine; nothing here asserts a duration.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ["default"],
  },
});
