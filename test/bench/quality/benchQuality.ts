import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { machine } from "../report.js";
import { COLD_PRODUCTS, writeColdSplit } from "./coldSplit.js";
import { type QualityOptions, readQualityOptions } from "./qualityOptions.js";
import { type RunOrder, runInChild } from "./qualityRun.js";
import { QUALITY_SETS, type QualitySet, SAMPLE_SET } from "./qualitySets.js";
import { barsTable, costTable, isPassed, type Measured } from "./qualityTables.js";
import { replaceSection } from "./readmeSection.js";

// The benchmark runs from dist/.
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SAMPLE_SHOP = path.join(ROOT, "data", "online-retail");
const COLD_SPLIT = { share: 0.1, seed: 42 };

/**
 * `npm run bench -- quality`: learn from every data set that is there and measure the lists against what happened next,
 * one process a set. Without data sets the sample shop is trained, which says how long that takes and nothing of quality.
 *
 * @returns the exit code: 1 when something required is missed
 */
export async function benchQuality(args: readonly string[]): Promise<number> {
  let options: QualityOptions;
  try {
    options = readQualityOptions(args, process.env.QUALITY_DATA);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
  const ran = `\`npm run bench -- quality\`, commit ${commit()}, ${machine()}:`;
  const { measured, nFailed } = await measureAll(options);
  const bars = barsTable(measured.filter(({ result }) => result.rows !== null));
  const tables = [...(bars.length > 2 ? [...bars, ""] : []), ...costTable(measured)];
  console.log(`\n${ran}\n\n${tables.join("\n")}`);
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify({ ran, measured }, null, 2)}\n`);
  if (options.readme) {
    const readme = path.join(ROOT, "README.md");
    const section = `${ran}\n\n${tables.join("\n")}`;
    writeFileSync(readme, replaceSection(readFileSync(readme, "utf8"), "quality", section));
  }
  return nFailed === 0 && measured.every(isPassed) ? 0 : 1;
}

async function measureAll(options: QualityOptions): Promise<{ measured: Measured[]; nFailed: number }> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), "recommender-quality-"));
  const measured: Measured[] = [];
  let nFailed = 0;
  try {
    for (const { set, order } of await ordersOf(options, scratch)) {
      console.error(`${set.name} …`);
      try {
        measured.push({ set, result: await runInChild(order) });
      } catch (error) {
        nFailed++;
        console.error(error instanceof Error ? error.message : error);
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return { measured, nFailed };
}

/** What there is to run; what there is not is said. */
async function ordersOf(
  { data, only, cold }: QualityOptions,
  scratch: string,
): Promise<{ set: QualitySet; order: RunOrder }[]> {
  if (data === null) {
    console.error(
      "The data sets are not part of this repository: --data DIR or QUALITY_DATA is required to measure quality, with " +
        `the folders ${[...new Set(QUALITY_SETS.map(({ folder }) => folder))].join(", ")}. The sample shop is trained only.`,
    );
    return [{ set: SAMPLE_SET, order: { folder: SAMPLE_SHOP, protocol: null, candidates: null } }];
  }
  const orders: { set: QualitySet; order: RunOrder }[] = [];
  for (const set of QUALITY_SETS.filter(({ name }) => only.includes(name))) {
    const ready = set.isCold ? cold : null;
    const folder = ready ?? path.join(data, set.folder);
    if (!existsSync(folder)) {
      console.error(`${set.name} is missing: looked for ${folder}`);
      continue;
    }
    if (!set.isCold) orders.push({ set, order: { folder, protocol: set.protocol, candidates: null } });
    else {
      const split = ready ?? path.join(scratch, set.name);
      if (ready === null) await writeColdSplit(folder, split, COLD_SPLIT);
      const candidates = path.join(split, COLD_PRODUCTS);
      orders.push({ set, order: { folder: split, protocol: set.protocol, candidates } });
    }
  }
  return orders;
}

/** The commit that is measured, and whether its sources have changed since. */
function commit(): string {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const isChanged = git("status", "--porcelain", "--", "src") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${isChanged ? " with local changes" : ""}`;
  } catch {
    return "unknown";
  }
}
