import { existsSync } from "node:fs";
import path from "node:path";
import { describe } from "vitest";

/** The repository's folder, in which packages/ and examples/ stand. */
export const ROOT = path.resolve(import.meta.dirname, "../..");

/** `describe` for tests of packages with a lockfile of their own: skipped aloud where they are not installed, unless REQUIRE_SHOP=1 forbids it. */
export function describeWithPackages(...packages: readonly string[]): typeof describe.skip {
  const missing = packages.filter((name) => !existsSync(path.join(ROOT, name, "node_modules")));
  if (missing.length === 0) return describe;
  const reason = `installed packages are required, found none in ${missing.join(", ")} (npm ci --prefix ${missing[0]})`;
  if (process.env.REQUIRE_SHOP === "1") throw new Error(`REQUIRE_SHOP=1, but ${reason}`);
  console.warn(`skipped: ${reason}`);
  return describe.skip;
}
