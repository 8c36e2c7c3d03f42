import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it, onTestFinished, vi } from "vitest";
import { type BuiltImage, buildImage } from "../tools/builtImage.js";
import { freePort } from "../tools/freePort.js";
import { describeWithPackages, ROOT } from "../tools/installedPackages.js";

const into = mkdtempSync(path.join(os.tmpdir(), "recommender-images-"));
afterAll(() => rm(into, { recursive: true, force: true }), 600_000);

/** What an image starts, with its variables and these. */
function start({ command: [program, ...args], workFolder, environment }: BuiltImage, more: Record<string, string>) {
  const env = { PATH: process.env.PATH ?? "", ...environment, HOST: "127.0.0.1", ...more };
  const child = spawn(program, args, { cwd: workFolder, env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const printed = { text: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (printed.text += chunk));
  return { env, printed };
}

describeWithPackages(
  "examples/catalog",
  "examples/gateway",
  "examples/storefront",
)("the images of the shop's own services, their Dockerfiles' commands run in clean folders", () => {
  it("the catalogue starts and is healthy", async () => {
    const image = await buildImage(path.join(ROOT, "examples/catalog"), path.join(into, "catalog"));
    const port = String(await freePort());
    const { env, printed } = start(image, { PORT: port, SHOP_DIR: path.join(ROOT, "data/online-retail") });
    const [program, ...args] = image.healthCommand;
    await vi.waitFor(() => promisify(execFile)(program, args, { env }), { timeout: 60_000, interval: 500 });
    await vi.waitFor(() => expect(printed.text).toContain(`:${port}/graphql`), { timeout: 60_000 });
    expect(existsSync(path.join(image.workFolder, "node_modules/typescript"))).toBe(false);
  }, 600_000);

  it("the gateway starts, and waits for the services behind it", async () => {
    const image = await buildImage(path.join(ROOT, "examples/gateway"), path.join(into, "gateway"));
    const nowhere = "http://127.0.0.1:9/graphql";
    const { printed } = start(image, { PORT: String(await freePort()), CATALOG_URL: nowhere, ENGINE_URL: nowhere });
    await vi.waitFor(() => expect(printed.text).toContain("waiting for catalog"), { timeout: 60_000 });
    expect(existsSync(path.join(image.workFolder, "node_modules/typescript"))).toBe(false);
  }, 600_000);

  it("the storefront's holds its pages, how to serve them, and nothing else", async () => {
    const { root } = await buildImage(ROOT, path.join(into, "storefront"), "examples/storefront/Dockerfile");
    expect(existsSync(path.join(root, "usr/share/nginx/html/index.html"))).toBe(true);
    expect(existsSync(path.join(root, "etc/nginx/templates/default.conf.template"))).toBe(true);
    expect(existsSync(path.join(root, "shop"))).toBe(false);
  }, 600_000);
});
