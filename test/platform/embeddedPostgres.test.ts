import { ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { openEmbeddedPostgres } from "../../src/platform/embeddedPostgres.js";
import { PATIENCE } from "../tools/patience.js";
import { reachableFolder } from "../tools/reachableFolder.js";

const dir = reachableFolder("embedded-");
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function ask<T>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

function serverPid(): number {
  return Number(readFileSync(path.join(dir, "postgres", "postmaster.pid"), "utf8").split("\n")[0]);
}

test("data outlives a stop, with every durability setting on, and nothing is left running", async () => {
  const first = await openEmbeddedPostgres({ dir, mode: "own" });
  await ask(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
  const durable = await ask(
    first.url,
    "SELECT current_setting('fsync') || current_setting('synchronous_commit') AS on",
  );
  expect(durable).toEqual([{ on: "onon" }]);
  const pid = serverPid();
  await first.stop();
  expect(() => process.kill(pid, 0)).toThrow();

  const second = await openEmbeddedPostgres({ dir, mode: "own" });
  expect(await ask(second.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  await second.stop();
});

test("a log that was cleared away breaks nobody when the server ends", async () => {
  const server = await openEmbeddedPostgres({ dir, mode: "own" });
  const uncaught = vi.fn();
  process.on("uncaughtExceptionMonitor", uncaught);
  onTestFinished(() => void process.off("uncaughtExceptionMonitor", uncaught));
  rmSync(path.join(dir, "postgres.log"));
  const ended = vi.spyOn(ChildProcess.prototype, "emit");
  await server.stop();
  await vi.waitFor(() => expect(ended).toHaveBeenCalledWith("exit", 0, null), PATIENCE);
  expect(uncaught).not.toHaveBeenCalled();
});

test("a second owner is refused in one clear sentence, and the first goes on", async () => {
  const owner = await openEmbeddedPostgres({ dir, mode: "own" });
  await expect(openEmbeddedPostgres({ dir, mode: "own" })).rejects.toMatchObject({
    code: "DATABASE_IN_USE",
    message: expect.stringContaining("another running service owns it"),
  });
  expect(await ask(owner.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await owner.stop();
});

test("a command borrows the owner's server and leaves it running; without one it stops its own", async () => {
  const owner = await openEmbeddedPostgres({ dir, mode: "own" });
  const command = await openEmbeddedPostgres({ dir, mode: "share" });
  await command.stop();
  expect(await ask(owner.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await owner.stop();

  const [one, two] = await Promise.all([1, 2].map(() => openEmbeddedPostgres({ dir, mode: "share" })));
  await one.stop();
  expect(await ask(two.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await two.stop();
  expect(existsSync(path.join(dir, "postgres", "postmaster.pid"))).toBe(false);
});

test("a server that a killed process left behind is taken over", async () => {
  const before = await openEmbeddedPostgres({ dir, mode: "own" });
  await before.stop();
  await killedWhileOwning();
  const orphan = serverPid();
  const after = await openEmbeddedPostgres({ dir, mode: "own" });
  expect(after.description).toContain("already running");
  expect(serverPid()).toBe(orphan);
  await after.stop();
});

test("a server that dies under its owner is back at its address, owned as before, with what was committed", async () => {
  const events: string[] = [];
  const back = deferred();
  const onEvent = (event: { kind: string }) => {
    events.push(event.kind);
    if (event.kind === "databaseBack") back.resolve();
  };
  const owner = await openEmbeddedPostgres({ dir, mode: "own", onEvent });
  await ask(owner.url, "CREATE TABLE survived AS SELECT 5 AS answer");
  process.kill(serverPid(), "SIGKILL");
  await back.promise;
  expect(await ask(owner.url, "SELECT answer FROM survived")).toEqual([{ answer: 5 }]);
  await expect(openEmbeddedPostgres({ dir, mode: "own" })).rejects.toMatchObject({ code: "DATABASE_IN_USE" });
  await owner.stop();
  expect(existsSync(path.join(dir, "postgres", "postmaster.pid"))).toBe(false);
});

test("an owner stays the owner when PostgreSQL cuts off all connections", async () => {
  const back = deferred();
  const owner = await openEmbeddedPostgres({ dir, mode: "own", onEvent: () => back.resolve() });
  await ask(
    owner.url,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'recommender lock'",
  );
  await back.promise;
  await expect(openEmbeddedPostgres({ dir, mode: "own" })).rejects.toMatchObject({ code: "DATABASE_IN_USE" });
  await owner.stop();
});

test.each([
  ["a file", () => path.join(dir, "password")],
  ["a place where nothing can be made", () => "/proc/nowhere/shop"],
])("%s as the data folder is refused in one clear sentence", async (_what, placeOf) => {
  await expect(openEmbeddedPostgres({ dir: placeOf(), mode: "own" })).rejects.toMatchObject({
    code: "DATABASE_UNAVAILABLE",
    message: expect.stringMatching(
      /^Cannot keep the embedded PostgreSQL in .*: a folder that can be written is required/,
    ),
  });
});

test("a server that was killed beside no owner recovers what was committed", async () => {
  const before = await openEmbeddedPostgres({ dir, mode: "share" });
  await ask(before.url, "CREATE TABLE committed AS SELECT 7 AS answer");
  process.kill(serverPid(), "SIGKILL");
  const after = await openEmbeddedPostgres({ dir, mode: "own" });
  expect(await ask(after.url, "SELECT answer FROM committed")).toEqual([{ answer: 7 }]);
  await after.stop();
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Another process opens the database as its owner and is killed without a chance to stop anything. */
async function killedWhileOwning(): Promise<void> {
  const script = `
    const { openEmbeddedPostgres } = await import(${JSON.stringify(new URL("../../dist/platform/embeddedPostgres.js", import.meta.url).href)});
    await openEmbeddedPostgres({ dir: ${JSON.stringify(dir)}, mode: "own" });
    process.kill(process.pid, "SIGKILL");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
  await new Promise((resolve) => child.on("close", resolve));
}

test.runIf(process.getuid?.() === 0)(
  "root's closed folders send the data to the lent user, and the start says where",
  async () => {
    const closed = mkdtempSync(path.join(os.tmpdir(), "closed-"));
    const server = await openEmbeddedPostgres({ dir: path.join(closed, "data"), mode: "own" });
    const refuge = /data in (\S+), since user \S+ cannot reach/.exec(server.description)?.[1] as string;
    expect(refuge).toMatch(/^\/var\/tmp\//);
    await server.stop();
    for (const folder of [closed, refuge]) rmSync(folder, { recursive: true, force: true });
  },
);

test("a pid file left by a crashed machine, whose pid another process has by now, does not stop a start", async () => {
  const before = await openEmbeddedPostgres({ dir, mode: "own" });
  const pidFile = path.join(dir, "postgres", "postmaster.pid");
  const left = readFileSync(pidFile, "utf8").split("\n");
  await before.stop();
  // Process 1 is always there and never our server; the port is one that nobody listens on.
  writeFileSync(pidFile, ["1", ...left.slice(1, 3), "1", ...left.slice(4)].join("\n"));
  const after = await openEmbeddedPostgres({ dir, mode: "own" });
  expect(await ask(after.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await after.stop();
});
