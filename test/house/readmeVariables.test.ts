import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { variablesTable } from "../../scripts/variables-table.mjs";
import { VARIABLES } from "../../src/config.js";
import { tableProblem } from "./readmeTable.js";

const readme = path.resolve(import.meta.dirname, "../../README.md");
const [opening, closing] = ["<!-- variables -->", "<!-- /variables -->"];

function problemOf(text: string | null, table: string): string | null {
  return tableProblem(text, { name: "variables", source: "src/config.ts", table });
}

describe("the README's table of variables", () => {
  const table = variablesTable({
    PORT: { shownDefault: "4001", help: "Port to listen on." },
    SECRET: { shownDefault: "", help: "Signs\ncursors." },
  });

  it("is the one that src/config.ts describes", () => {
    const text = existsSync(readme) ? readFileSync(readme, "utf8") : null;
    const problem = problemOf(text, variablesTable(VARIABLES));
    if (problem !== null) expect.fail(problem);
  });

  it("has one row per variable, without a default where there is none", () => {
    expect(table.split("\n")).toEqual([
      "| Variable | Default | Meaning |",
      "| --- | --- | --- |",
      "| `PORT` | `4001` | Port to listen on. |",
      "| `SECRET` | | Signs cursors. |",
    ]);
  });

  it("is accepted between its marks, whatever stands around them", () => {
    expect(problemOf(`# Readme\n\n${opening}\n\n${table}\n\n${closing}\n\nMore.`, table)).toBeNull();
  });

  it.each([
    ["a missing README", null, /README\.md is required, found none/],
    ["a README without the marks", "# Readme", /found no such pair/],
    ["marks in the wrong order", `${closing}${opening}`, /found no such pair/],
    ["another default", `${opening}\n${table.replace("4001", "4000")}\n${closing}`, /differs from src\/config\.ts/],
  ])("%s is refused with the table to put there", (_case, text, message) => {
    expect(problemOf(text, table)).toMatch(message);
    expect(problemOf(text, table)).toContain(table);
  });
});
