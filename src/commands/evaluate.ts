import path from "node:path";
import type { Config } from "../config.js";
import { RecommenderError } from "../domain/errors.js";
import {
  DEFAULT_SETTINGS,
  SETTINGS,
  type SettingValue,
  type SettingValues,
  settingProblem,
} from "../domain/setting.js";
import { describeEvaluation } from "../evaluation/describeEvaluation.js";
import { type EvaluationOrder, type EvaluationResult, evaluate } from "../evaluation/evaluate.js";
import { readPositives } from "../evaluation/positives.js";
import type { TestCase } from "../evaluation/testSet.js";
import { type ListSubject, requireWritable, writeLists } from "../evaluation/writeLists.js";
import { describeRejects } from "../ingest/describeImport.js";
import type { ImportSummary } from "../ingest/importShop.js";
import { readIds } from "../ingest/readIds.js";
import { createStageProgress } from "../platform/stageProgress.js";
import type { Steps } from "../platform/steps.js";
import { loadBackend } from "../scorer/backend.js";
import { fitterOnThreads } from "./fitThreads.js";
import { readListLength } from "./listLength.js";

export interface EvaluateOptions {
  readonly out?: string;
  readonly exclude?: string;
  readonly positives: string;
  readonly candidates?: string;
  readonly k: string;
  readonly json?: boolean;
  /** "name=value" each. */
  readonly set: readonly string[];
}

/** `recommender evaluate DIR`: learn from a folder's interactions and measure the lists against its test file. */
export async function evaluateCommand(
  config: Config,
  steps: Steps,
  folder: string,
  options: EvaluateOptions,
): Promise<void> {
  if (options.out !== undefined) await requireWritable(options.out);
  const order: Omit<EvaluationOrder, "backend" | "onProgress"> = {
    folder,
    settings: { ...readSettings(options.set), ...readExclusion(options.exclude) },
    k: readListLength(options.k),
    isPositive: readPositives(options.positives),
    candidates: options.candidates === undefined ? null : new Set(await readIds(options.candidates, "product_id")),
    nowMs: Date.now(),
    rejectsPath: path.join(config.DATA_DIR, "rejects.ndjson"),
    clock: () => performance.now(),
    openFitter: fitterOnThreads(config.TRAINING_THREADS),
  };
  const backend = await loadBackend({ choice: config.TF_BACKEND, nativeDir: config.TFJS_NODE_DIR });
  const result = await evaluateWithProgress({ ...order, backend });
  if (options.out !== undefined) await writeLists(options.out, result.cases.map(subjectOf), result.lines);
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  if (options.json) {
    steps.line(JSON.stringify({ folder, positives: options.positives, ...result.evaluation, peakMemoryBytes }));
    return;
  }
  for (const line of describeRejects(result.evaluation.imported)) steps.print("rejected", line);
  for (const line of describeEvaluation(result.evaluation, peakMemoryBytes)) steps.line(line);
}

/** Progress, and what was rejected before a failure, go beside the result, so that a table or JSON can be piped away. */
async function evaluateWithProgress(order: Omit<EvaluationOrder, "onProgress">): Promise<EvaluationResult> {
  const progress = createStageProgress(process.stderr, "evaluate");
  let rejects: readonly string[] = [];
  const onImported = (imported: ImportSummary) => {
    rejects = describeRejects(imported);
  };
  try {
    const result = await evaluate({ ...order, onProgress: progress.update, onImported });
    // Told with the result, which has them.
    rejects = [];
    return result;
  } finally {
    progress.stop();
    // Of an evaluation that failed they may be the reason.
    for (const line of rejects) process.stderr.write(`${"rejected".padEnd(10)} ${line}\n`);
  }
}

function subjectOf({ userId, session }: TestCase): ListSubject {
  return userId === null ? { session: session.join(" ") } : { user_id: userId };
}

const EXCLUSIONS: Readonly<Record<string, Partial<SettingValues>>> = {
  purchased: { "exclude.purchased": true, "exclude.seen": false },
  seen: { "exclude.seen": true },
  none: { "exclude.purchased": false, "exclude.seen": false },
};

function readExclusion(text: string | undefined): Partial<SettingValues> {
  if (text === undefined) return {};
  if (Object.hasOwn(EXCLUSIONS, text)) return EXCLUSIONS[text];
  const required = Object.keys(EXCLUSIONS).join(", ");
  throw new RecommenderError("INVALID_INPUT", `Cannot use --exclude: one of ${required} is required, found '${text}'`);
}

/** The defaults with what was set by hand over them; the later of two values of one setting stands. */
function readSettings(texts: readonly string[]): SettingValues {
  const values: Record<string, SettingValue> = { ...DEFAULT_SETTINGS };
  for (const text of texts) {
    const [name, written] = splitAtFirst(text, "=");
    const value = readValue(written);
    const problem = Object.hasOwn(SETTINGS, name) && written === "" ? "requires a value" : settingProblem(name, value);
    if (problem !== null) {
      throw new RecommenderError("INVALID_INPUT", `Cannot use --set ${text}: ${name || "a setting"} ${problem}`);
    }
    values[name] = value as SettingValue;
  }
  return values as unknown as SettingValues;
}

function splitAtFirst(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function readValue(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return text === "" || Number.isNaN(Number(text)) ? text : Number(text);
}
