import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Kafka, logLevel, Partitioners, type Producer } from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const TOOL = fileURLToPath(new URL("./kafka-broker", import.meta.url));

/** A broker of the tests' own; signals to it are what happens to brokers. */
export interface TestBroker {
  readonly address: string;
  readonly kafka: Kafka;
  readonly producer: Producer;
  signal(signal: NodeJS.Signals): void;
  /** Stop it, or kill it, and start it again on its data and its port. */
  restart(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/**
 * Tests that need a real Kafka broker, which lives as long as the file. Where none can be had they are skipped, with the
 * reason; REQUIRE_KAFKA=1 makes that a failure.
 */
export function describeWithKafka(title: string, tests: (broker: () => TestBroker) => void): void {
  const missing = reasonWithoutKafka();
  if (missing !== null && process.env.REQUIRE_KAFKA !== "1") {
    // The reporter tells that something was skipped, not why.
    console.log(`Skipped, ${title}: ${missing}`);
    describe(title, () => {
      it.skip(missing, () => {});
    });
    return;
  }
  describe(title, () => {
    // Begun by a hook: those of a suite that is skipped around this one are not called, and nothing is left behind.
    let running: Awaited<ReturnType<typeof startBroker>> | null = null;
    beforeAll(async () => {
      running = await startBroker();
    });
    afterAll(() => running?.end());
    tests(() => (running as NonNullable<typeof running>).broker);
  });
}

function reasonWithoutKafka(): string | null {
  try {
    execFileSync(TOOL, ["--fetch-only"], { stdio: ["ignore", "ignore", "pipe"] });
    return null;
  } catch (error) {
    return `no Kafka broker can be had: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
}

async function startBroker(): Promise<{ broker: TestBroker; end: () => Promise<void> }> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "recommender-kafka-"));
  let running = await spawnBroker(dir);
  const { address } = running;
  const kafka = new Kafka({
    brokers: [address],
    logLevel: logLevel.NOTHING,
    retry: { retries: 200, maxRetryTime: 1000 },
  });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
  await producer.connect();
  const end = async () => {
    running.process.kill("SIGCONT");
    await producer.disconnect();
    await ended(running.process, "SIGKILL");
    rmSync(dir, { recursive: true, force: true });
  };
  const broker: TestBroker = {
    address,
    kafka,
    producer,
    signal: (signal) => void running.process.kill(signal),
    async restart(signal) {
      await ended(running.process, signal);
      running = await spawnBroker(dir);
    },
  };
  return { broker, end };
}

async function spawnBroker(dir: string): Promise<{ process: ChildProcess; address: string }> {
  // Topics are created by those who may, never by being asked for.
  const settings = ["--set", "auto.create.topics.enable=false", "--set", "group.max.session.timeout.ms=60000"];
  const child = spawn(TOOL, ["--data", dir, "--partitions", "2", ...settings], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`The broker ended with ${code}`))),
  ]);
  return { process: child, address: String(line).trim() };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}

/** Names that no other test uses. */
export function ownNames() {
  const tag = randomBytes(4).toString("hex");
  const topics = { interactions: `events-${tag}`, products: `products-${tag}`, commands: `commands-${tag}` };
  return { topics, groupId: `group-${tag}` };
}

/** Wait until something holds, by asking again and again; the last answer is in the failure. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  holds: (answer: T) => boolean,
  what: string,
): Promise<T> {
  const giveUpAt = Date.now() + 50_000;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > giveUpAt) expect.fail(`${what} never held; the last answer was ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
