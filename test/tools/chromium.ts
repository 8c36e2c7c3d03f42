import { spawnSync } from "node:child_process";
import { type Browser, chromium } from "playwright-core";
import { describe } from "vitest";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const executablePath = process.env.CHROMIUM || NAMES.map(pathOf).find((found) => found !== "");
const REASON = "a Chromium is required (Debian: apt-get install chromium, or CHROMIUM=PATH), found none";

/**
 * `describe` for tests in a real browser: skipped aloud where there is none, unless REQUIRE_CHROMIUM=1 forbids it. What
 * else the tests stand on may say so by a `describe` of its own.
 */
export function describeInChromium(describeThere: typeof describe.skip = describe): typeof describe.skip {
  if (executablePath) return describeThere;
  if (process.env.REQUIRE_CHROMIUM === "1") throw new Error(`REQUIRE_CHROMIUM=1, but ${REASON}`);
  console.warn(`skipped: tests in a browser, ${REASON}`);
  return describe.skip;
}

/** A browser without a window; the caller closes it. */
export function openChromium(): Promise<Browser> {
  // Where root runs the tests, as in a container, Chromium's own sandbox refuses to start.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

function pathOf(name: string): string {
  return spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
}
