import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkInstalled, findLicenceProblems, type LockEntry } from "../../scripts/check-licences.mjs";

const notInstalled = () => null;
const problemsOf = (packages: Record<string, LockEntry>) => findLicenceProblems({ packages }, notInstalled);

describe("the licences of what runs in production", () => {
  it("are all allowed", () => {
    expect(checkInstalled(path.resolve(import.meta.dirname, "../.."))).toEqual([]);
  });

  it("Elastic-2.0 is refused with the package, its version and what was found", () => {
    expect(problemsOf({ "node_modules/@closed/engine": { version: "2.1.0", license: "Elastic-2.0" } })).toEqual([
      "@closed/engine 2.1.0: an allowed licence is required, found Elastic-2.0",
    ]);
  });

  it("Elastic-2.0 deep inside of an allowed package is refused too", () => {
    const packages = {
      "node_modules/open": { version: "1.0.0", license: "MIT" },
      "node_modules/open/node_modules/closed": { version: "3.0.0", license: "Elastic-2.0" },
    };
    expect(problemsOf(packages)).toEqual(["closed 3.0.0: an allowed licence is required, found Elastic-2.0"]);
  });

  it("a development dependency may have any licence, an optional one for another platform may not", () => {
    const closed = { version: "1.0.0", license: "Elastic-2.0" };
    expect(problemsOf({ "node_modules/composer": { ...closed, dev: true } })).toEqual([]);
    expect(problemsOf({ "node_modules/composer": { ...closed, dev: false } })).toHaveLength(1);
  });

  it("what the installed package says counts more than the lock file", () => {
    const lock = { packages: { "node_modules/relicensed": { version: "1.0.0", license: "MIT" } } };
    expect(findLicenceProblems(lock, () => ({ license: "Elastic-2.0" }))).toHaveLength(1);
  });

  it.each(["MIT", "(MIT OR GPL-3.0)", "MIT AND ISC", "MIT and ISC"])("%s is allowed", (license) => {
    expect(problemsOf({ "node_modules/a": { version: "1.0.0", license } })).toEqual([]);
  });

  it.each(["MIT AND GPL-3.0", "GPL-2.0 OR GPL-3.0", "MIT OR (ISC AND Elastic-2.0)", "SEE LICENSE IN LICENSE.md", ""])(
    "%j is refused",
    (license) => {
      expect(problemsOf({ "node_modules/a": { version: "1.0.0", license } })).toHaveLength(1);
    },
  );

  it("a package that states no licence is refused; the old spellings are read", () => {
    expect(problemsOf({ "node_modules/silent": { version: "1.0.0" } })).toEqual([
      "silent 1.0.0: an allowed licence is required, found none stated",
    ]);
    expect(problemsOf({ "node_modules/old": { version: "1.0.0", licenses: [{ type: "MIT" }] } })).toEqual([]);
  });

  it("an exception holds for the licence that was looked at, not for the next one", () => {
    expect(problemsOf({ "node_modules/elkjs": { version: "1.0.0", license: "EPL-2.0" } })).toEqual([]);
    expect(problemsOf({ "node_modules/elkjs": { version: "2.0.0", license: "Elastic-2.0" } })).toHaveLength(1);
  });
});
