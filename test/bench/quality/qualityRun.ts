import { fork } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { fitterOnThreads } from "../../../src/commands/fitThreads.js";
import { readConfig } from "../../../src/config.js";
import { DEFAULT_SETTINGS } from "../../../src/domain/setting.js";
import { evaluate } from "../../../src/evaluation/evaluate.js";
import { MemoryShop } from "../../../src/evaluation/memoryShop.js";
import { readPositives } from "../../../src/evaluation/positives.js";
import type { RankingRow } from "../../../src/evaluation/rankings.js";
import { trainForEvaluation } from "../../../src/evaluation/trainForEvaluation.js";
import { importShop } from "../../../src/ingest/importShop.js";
import { readIds } from "../../../src/ingest/readIds.js";
import { decodeModel } from "../../../src/model/artifact.js";
import { loadBackend } from "../../../src/scorer/backend.js";
import type { Protocol } from "./qualitySets.js";

/** One data set to learn from and to measure, or without a protocol only to learn from. */
export interface RunOrder {
  readonly folder: string;
  readonly protocol: Protocol | null;
  /** File of the only products to rank, or null for all. */
  readonly candidates: string | null;
}

export interface RunResult {
  /** All rankers and groups; null when only a training was asked for. */
  readonly rows: readonly RankingRow[] | null;
  readonly nInteractions: number;
  readonly nProducts: number;
  readonly trainingSeconds: number;
  readonly peakBytes: number;
}

/** The first argument of the process that runs one order. */
export const QUALITY_RUN = "quality-run";
const LIST_LENGTH = 20;

/** Run in a process of its own: its peak of memory is that of this one run. */
export function runInChild(order: RunOrder): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1], [QUALITY_RUN, JSON.stringify(order)], { stdio: ["ignore", 2, 2, "ipc"] });
    let result: RunResult | null = null;
    child.on("message", (message) => {
      result = message as RunResult;
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (code === 0 && result !== null) resolve(result);
      else reject(new Error(`Cannot measure ${order.folder}: its process ended with ${signal ?? `code ${code}`}`));
    });
  });
}

/** The other end of `runInChild`. */
export async function runInThisProcess(text: string): Promise<void> {
  const order = JSON.parse(text) as RunOrder;
  const result = order.protocol === null ? await trainOnly(order.folder) : await measure(order, order.protocol);
  process.send?.({ ...result, peakBytes: process.resourceUsage().maxRSS * 1024 });
}

async function measure(
  { folder, candidates }: RunOrder,
  { exclude, positives }: Protocol,
): Promise<Omit<RunResult, "peakBytes">> {
  const { evaluation } = await evaluate({
    ...(await surroundings()),
    folder,
    settings: {
      ...DEFAULT_SETTINGS,
      "exclude.purchased": exclude === "purchased",
      "exclude.seen": exclude === "seen",
    },
    k: LIST_LENGTH,
    isPositive: readPositives(positives),
    candidates: candidates === null ? null : new Set(await readIds(candidates, "product_id")),
    clock: () => performance.now(),
  });
  const { training, seconds, rankings } = evaluation;
  const { nInteractions, nProducts } = training;
  return { rows: rankings[0].rows, nInteractions, nProducts, trainingSeconds: seconds.training };
}

async function trainOnly(folder: string): Promise<Omit<RunResult, "peakBytes">> {
  const { nowMs, rejectsPath, onProgress, backend, openFitter } = await surroundings();
  const shop = new MemoryShop(nowMs);
  await importShop({ folder, writer: shop, shiftToNow: false, nowMs, rejectsPath, onProgress });
  const startedMs = performance.now();
  const bytes = await trainForEvaluation(shop, { settings: DEFAULT_SETTINGS, backend, openFitter });
  const trainingSeconds = (performance.now() - startedMs) / 1000;
  const { nInteractions, nProducts } = decodeModel(bytes).facts;
  return { rows: null, nInteractions, nProducts, trainingSeconds };
}

/** As the service would train and serve with the environment it finds. */
async function surroundings() {
  const config = readConfig(process.env);
  return {
    backend: await loadBackend({ choice: config.TF_BACKEND, nativeDir: config.TFJS_NODE_DIR }),
    openFitter: fitterOnThreads(config.TRAINING_THREADS),
    nowMs: Date.now(),
    rejectsPath: path.join(tmpdir(), `quality-rejects-${process.pid}.ndjson`),
    onProgress: () => {},
  };
}
