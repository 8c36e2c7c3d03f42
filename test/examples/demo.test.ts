import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { fillTwoCircles, train } from "../integration/shop.js";
import { freePort } from "../tools/freePort.js";
import { describeWithPackages, ROOT } from "../tools/installedPackages.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const NAMES = ["CATALOG", "ENGINE", "GATEWAY", "STOREFRONT"] as const;
const SHOP = ["examples/catalog", "examples/gateway", "examples/storefront"];
const soon = { timeout: 150_000, interval: 50 };

interface Demo {
  readonly process: ChildProcess;
  readonly ports: Record<(typeof NAMES)[number], number>;
  output(): string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
}

/** `npm run demo` on ports and in a folder of the test's own. */
async function startDemo(environment: Record<string, string> = {}): Promise<Demo> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "recommender-demo-"));
  const ports = { CATALOG: await freePort(), ENGINE: await freePort(), GATEWAY: await freePort(), STOREFRONT: 0 };
  ports.STOREFRONT = await freePort();
  const asked = Object.fromEntries(NAMES.map((name) => [`${name}_PORT`, String(ports[name])]));
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", DEMO_DIR: dir, ...asked, ...environment };
  const child = spawn(process.execPath, [path.join(ROOT, "examples/demo/demo.mjs")], { cwd: ROOT, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = once(child, "close").then(([code]) => code as number);
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(dir, { recursive: true, force: true });
  });
  return { process: child, ports, output: () => output, ended };
}

const isReady = async (demo: Demo) => {
  if (demo.process.exitCode !== null) throw new Error(`The demo has ended: ${demo.output()}`);
  return /^Open /m.test(demo.output());
};

/** Which of a demo's programs answer. */
async function answering({ ports }: Demo): Promise<string[]> {
  const addresses = { CATALOG: "/livez", ENGINE: "/livez", GATEWAY: "/livez", STOREFRONT: "/" };
  const answers = await Promise.all(
    NAMES.map((name) =>
      fetch(`http://127.0.0.1:${ports[name]}${addresses[name]}`).then(
        (answer) => answer.ok,
        () => false,
      ),
    ),
  );
  return NAMES.filter((_name, place) => answers[place]);
}

describeWithPackages(...SHOP)("the demo", { timeout: 180_000 }, async () => {
  const database = await createTestDatabase();

  beforeAll(async () => {
    await fillTwoCircles(database);
    await train(database);
  });

  it("starts the whole shop, prints one address, and Ctrl-C leaves nothing behind", async () => {
    const demo = await startDemo({ DATABASE_URL: database.url, TRAINING_IN_SERVE: "no" });
    await vi.waitUntil(() => isReady(demo), soon);
    expect(demo.output().trim().split("\n").at(-1)).toBe(`Open http://127.0.0.1:${demo.ports.STOREFRONT}`);
    expect(await answering(demo)).toEqual(NAMES);
    const query = JSON.stringify({ query: `{ product(id: "85123A") { name similarProducts { source } } }` });
    // As a browser asks: at the storefront's own address.
    const answer = await fetch(`http://127.0.0.1:${demo.ports.STOREFRONT}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: query,
    });
    const { data } = await answer.json();
    expect(data.product.name).toBe("White Hanging Heart T-Light Holder");
    expect(data.product.similarProducts).not.toBeNull();

    demo.process.kill("SIGINT");
    expect(await demo.ended).toBe(0);
    expect(await answering(demo)).toEqual([]);
  });

  it("leaves nothing behind when it is killed, either", async () => {
    const demo = await startDemo({ DATABASE_URL: database.url, TRAINING_IN_SERVE: "no" });
    await vi.waitUntil(() => isReady(demo), soon);
    demo.process.kill("SIGKILL");
    await vi.waitUntil(async () => (await answering(demo)).length === 0, soon);
  });

  it("when one of its programs ends, says which and ends the others", async () => {
    // A catalogue without a shop cannot start.
    const demo = await startDemo({ DATABASE_URL: database.url, TRAINING_IN_SERVE: "no", SHOP_DIR: "/nowhere" });
    expect(await demo.ended).toBe(1);
    expect(demo.output()).toMatch(/^catalog has ended by itself; .*catalog\.log ends with:$/m);
    expect(demo.output()).toContain("/nowhere/products.csv.gz");
    expect(await answering(demo)).toEqual([]);
  });

  it("where a port is taken, says which one and whose, and starts nothing", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const demo = await startDemo({ GATEWAY_PORT: String(port) });
    expect(await demo.ended).toBe(1);
    expect(demo.output().trim()).toBe(
      `Cannot start: port ${port} for the gateway is required to be free, found somebody listening; stop them, or set GATEWAY_PORT`,
    );
  });
});
