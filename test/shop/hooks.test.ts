import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { describeWithPackages, ROOT } from "../tools/installedPackages.js";

const run = promisify(execFile);
const PACKAGE = path.join(ROOT, "packages/react");

describeWithPackages("packages/react")("the hooks for storefronts", () => {
  it("pass their types and tests, which are a package's own", async () => {
    const { stdout } = await run("npm", ["test", "--silent"], { cwd: PACKAGE, env: { ...process.env, NO_COLOR: "1" } });
    expect(stdout).toMatch(/Tests +\d+ passed/);
  });

  it("are built into a package that needs no compiler", async () => {
    await run("npm", ["run", "--silent", "build"], { cwd: PACKAGE });
    const { recommendationTypePolicies } = await import(path.join(PACKAGE, "dist/index.js"));
    expect(Object.keys(recommendationTypePolicies)).toEqual(["Product", "User", "Query"]);
  });
});
