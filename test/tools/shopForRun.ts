import { existsSync } from "node:fs";
import path from "node:path";
import { build } from "../../examples/demo/packages.mjs";

const ROOT = path.resolve(import.meta.dirname, "../..");
const HOOKS = path.join(ROOT, "packages/react");

/** Build the examples that are installed, once for all test files: none may run from a build that another one writes. */
export async function setup(): Promise<void> {
  for (const name of ["catalog", "gateway", "storefront"]) {
    const dir = path.join(ROOT, "examples", name);
    if (existsSync(path.join(dir, "node_modules"))) await build(dir, name === "storefront" ? [HOOKS] : []);
  }
}
