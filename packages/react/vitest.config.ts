import { defineConfig } from "vitest/config";

export default defineConfig({
  // The graph's schema lies beside the storefront.
  server: { fs: { allow: ["../.."] } },
  test: { environment: "happy-dom", include: ["test/**/*.test.{ts,tsx}"], testTimeout: 60_000 },
});
