import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { settingsTable } from "../../scripts/settings-table.mjs";
import { SETTINGS } from "../../src/domain/setting.js";
import { tableProblem } from "./readmeTable.js";

describe("the README's table of settings", () => {
  it("is the one that src/domain/setting.ts describes", () => {
    const readme = readFileSync(path.resolve(import.meta.dirname, "../../README.md"), "utf8");
    const table = settingsTable(SETTINGS);
    const problem = tableProblem(readme, { name: "settings", source: "src/domain/setting.ts", table });
    if (problem !== null) expect.fail(problem);
  });

  it("has one row per setting: default, range, when it acts and what it means", () => {
    const table = settingsTable({
      "cap.perBrand": {
        type: "number",
        defaultValue: 0,
        min: 0,
        max: 9,
        effect: "at once",
        help: "Most of one\nbrand.",
      },
      "exclude.seen": { type: "boolean", defaultValue: false, effect: "at the next training", help: "a|b" },
    });
    expect(table.split("\n").slice(2)).toEqual([
      "| `cap.perBrand` | `0` | 0 … 9 | at once | Most of one brand. |",
      "| `exclude.seen` | `false` | true, false | at the next training | a\\|b |",
    ]);
  });
});
