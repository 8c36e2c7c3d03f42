import { execFile, execFileSync } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { startCommand } from "../tools/command.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const ROOT = path.resolve(import.meta.dirname, "../..");
const BUNDLE = "examples/replay-shop.ts --bundle --packages=external --platform=node --format=esm --log-level=warning";

it("a replay sends the shop's purchases as new events, and shows a list that changes", async () => {
  const database = await createTestDatabase();
  const service = startCommand(["serve"], { DATABASE_URL: database.url, TRAINING_IN_SERVE: "no" });
  const ready = await service.line(/^(Open|Ready at) /);
  const url = /http:\/\/[^/]+/.exec(ready)?.[0] as string;
  const script = path.join(ROOT, ".replay/replay-of-test.mjs");
  const esbuild = path.join(ROOT, "node_modules/.bin/esbuild");
  execFileSync(esbuild, [...BUNDLE.split(" "), `--outfile=${script}`], { cwd: ROOT });
  const args = ["--url", url, "--from", "2011-11-08", "--speed", "1000000"];
  const replay = () => promisify(execFile)(process.execPath, [script, ...args], { cwd: ROOT });
  const nSent: number[] = [];
  for (let run = 0; run < 2; run++) {
    const { stdout } = await replay();
    nSent.push(Number(/(\d+) purchases sent in/.exec(stdout)?.[1]));
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}\S/m);
  }
  const { rows } = await database.pool.query("SELECT count(*)::int AS n FROM interactions");
  expect(nSent[0]).toBeGreaterThan(100);
  expect(rows[0].n).toBe(nSent[0] + nSent[1]);
});
