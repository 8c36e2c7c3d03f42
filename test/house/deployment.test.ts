import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { VARIABLES } from "../../src/config.js";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const page = read("deploy/README.md");
const sources = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => read(path.join("src", file)))
  .join("\n");

describe("the page on deployment", () => {
  it("links to files that there are", () => {
    const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, file]) => file);
    expect(links.filter((file) => !existsSync(path.join(root, "deploy", file)))).toEqual([]);
    expect(links.length).toBeGreaterThan(5);
  });

  it("speaks of variables and metrics that there are", () => {
    const names = [...page.matchAll(/`(?:--from-literal=)?([A-Z][A-Z_]+[A-Z])`/g)].map(([, name]) => name);
    expect(names.filter((name) => !(name in VARIABLES))).toEqual([]);
    const metrics = [...page.matchAll(/`(recommender_\w+)`/g)].map(([, name]) => name);
    expect(metrics.filter((name) => !sources.includes(`"${name}"`))).toEqual([]);
    expect(metrics.length).toBeGreaterThan(1);
  });

  it("tells the memory that a limit of the manifests is enough for, of the shops that were measured", () => {
    const limitMiB = (file: string) => {
      const [deployment] = parseAllDocuments(read(`deploy/kubernetes/${file}`), { merge: true });
      const limit: string = deployment.toJS().spec.template.spec.containers[0].resources.limits.memory;
      return Number.parseInt(limit, 10) * 1024;
    };
    const largest = (cell: string) => Math.max(...(cell.replaceAll(",", "").match(/\d+/g) ?? []).map(Number));
    const measured = page.split("\n").filter((line) => line.includes(", measured |"));
    expect(measured).toHaveLength(2);
    for (const line of measured) {
      const [, , , , , serve, training] = line.split("|");
      expect(largest(serve) * 1.3).toBeLessThan(limitMiB("serve.yaml"));
      expect(largest(training) * 1.3).toBeLessThan(limitMiB("work.yaml"));
    }
  });
});
