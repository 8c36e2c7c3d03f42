import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";

const src = path.resolve(import.meta.dirname, "../../src");
/** config.ts describes the variables, main.ts hands it the environment; the generated database client is not ours. */
const mayRead = /^(config\.ts|main\.ts|store\/generated\/.*)$/;
/** `process.env`, `process["env"]`, `{ env } = process` and `import { env } from "node:process"`. */
const reading =
  /\bprocess\s*(\?\.|\.)\s*env\b|\bprocess\s*\[\s*["']env["']|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b|import\s*\{[^}]*\benv\b[^}]*\}\s*from\s*["'](node:)?process["']/;

function readersOfTheEnvironment(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.split(path.sep).join("/"))
    .filter((file) => file.endsWith(".ts") && !mayRead.test(file))
    .filter((file) => reading.test(readFileSync(path.join(folder, file), "utf8")))
    .sort();
}

describe("the environment", () => {
  let folder: string | null = null;

  afterEach(() => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    folder = null;
  });

  function readersAmong(files: Record<string, string>): string[] {
    folder = mkdtempSync(path.join(tmpdir(), "environment-"));
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), content);
    }
    return readersOfTheEnvironment(folder);
  }

  it("is read by src/config.ts and src/main.ts alone, so that every variable is in the README's table", () => {
    expect(readersOfTheEnvironment(src)).toEqual([]);
  });

  it.each([
    "const port = process.env.PORT;",
    "const port = process?.env?.PORT;",
    'const port = process["env"].PORT;',
    "const { env } = process;",
    'import { env } from "node:process";',
  ])("a room that says %s is found", (source) => {
    expect(readersAmong({ "graph/server.ts": source })).toEqual(["graph/server.ts"]);
  });

  it("the two readers, the generated client and the word environment are left alone", () => {
    const source = "process.env.PORT;";
    const files = { "main.ts": source, "config.ts": source, "store/generated/client.ts": source };
    expect(readersAmong({ ...files, "graph/server.ts": "const environment = process.argv;" })).toEqual([]);
  });
});
