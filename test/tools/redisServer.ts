import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { Redis } from "ioredis";
import { describe, onTestFinished } from "vitest";
import { freePort } from "./freePort.js";

export interface RedisServer {
  readonly url: string;
  readonly process: ChildProcess;
  /** A client of the test's own. */
  readonly client: Redis;
}

const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;
const REASON = "redis-server is required (Debian: apt-get install redis-server), found none";

if (!hasRedis && process.env.REQUIRE_REDIS !== "1") console.warn(`skipped: tests with Redis, ${REASON}`);

/** `describe` for tests with a real Redis: skipped aloud where there is none, unless REQUIRE_REDIS=1 forbids it. */
export const describeWithRedis = hasRedis || process.env.REQUIRE_REDIS === "1" ? describe : describe.skip;

/** A real Redis on a free port, which keeps nothing on disk; killed when the test ends. */
export async function startRedis(): Promise<RedisServer> {
  if (!hasRedis) throw new Error(`REQUIRE_REDIS=1, but ${REASON}`);
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await isReady(child);
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url);
  client.on("error", () => {});
  onTestFinished(() => client.disconnect());
  return { url, process: child, client };
}

async function isReady(child: ChildProcess): Promise<void> {
  let printed = "";
  for await (const chunk of child.stdout as NodeJS.ReadableStream) {
    printed += chunk;
    if (printed.includes("Ready to accept connections")) break;
  }
  if (!printed.includes("Ready to accept connections")) throw new Error(`redis-server did not start: ${printed}`);
}
