import { RecommenderError } from "../domain/errors.js";
import type { OlderProducts } from "../domain/ports.js";
import { DEFAULT_SETTINGS, type SettingValue, type SettingValues } from "../domain/setting.js";
import { type ImportSummary, importShop } from "../ingest/importShop.js";
import { decodeModel } from "../model/artifact.js";
import type { TrainingFacts } from "../model/model.js";
import type { TensorBackend } from "../scorer/backend.js";
import type { OpenFitter } from "../training/fitter.js";
import { type Candidates, knownCandidates, onlyCandidates } from "./candidates.js";
import type { ListLine } from "./computeLists.js";
import { MemoryHistories } from "./memoryHistories.js";
import { MemoryShop } from "./memoryShop.js";
import type { PositiveRule } from "./positives.js";
import { type Field, type Ranking, rankProducts } from "./rankProducts.js";
import { StageSeconds } from "./stageSeconds.js";
import { findTestFile, readTestSet, type TestCase, type TestSet } from "./testSet.js";
import { trainForEvaluation } from "./trainForEvaluation.js";

export interface EvaluationOrder {
  readonly folder: string;
  readonly settings: SettingValues;
  /** Length of the lists. */
  readonly k: number;
  readonly isPositive: PositiveRule;
  /** The only products to rank, or null for all. */
  readonly candidates: ReadonlySet<string> | null;
  readonly backend: TensorBackend;
  readonly openFitter?: OpenFitter;
  /** Rows from after this moment are refused, as at every door. */
  readonly nowMs: number;
  readonly rejectsPath: string;
  readonly clock: () => number;
  readonly onProgress: (stage: string, share: number) => void;
  /** What came in, told as soon as it is known: rejected rows may be why nothing can be learned or scored. */
  readonly onImported?: (imported: ImportSummary) => void;
}

export interface Evaluation {
  readonly imported: ImportSummary;
  readonly training: TrainingFacts;
  readonly modelBytes: number;
  readonly test: Pick<TestSet, "kind" | "nRejected"> & { readonly nLists: number };
  /** What lists leave out of what a shopper knows; the test leaves it out, too. */
  readonly excluded: OlderProducts | "nothing";
  readonly unknownCandidates: Candidates["unknown"];
  readonly rankings: readonly Ranking[];
  readonly seconds: Readonly<Record<string, number>>;
  /** What the training's own were spent on. */
  readonly trainingSeconds: Readonly<Record<string, number>>;
  /** Settings that differ from their defaults. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  readonly k: number;
}

export interface EvaluationResult {
  readonly evaluation: Evaluation;
  /** The cases and their lists: those among the candidates, where there are some. */
  readonly cases: readonly TestCase[];
  readonly lines: readonly ListLine[];
}

/**
 * Learn from a folder's interactions as the service does, then, and only then, open its test file, list for everybody in
 * it through the engine that serves, and measure.
 *
 * @throws RecommenderError INVALID_IMPORT when files are missing or damaged, INVALID_INPUT when nothing is left to score
 */
export async function evaluate(order: EvaluationOrder): Promise<EvaluationResult> {
  const { folder, settings, nowMs, rejectsPath, onProgress, k } = order;
  const stages = new StageSeconds(order.clock);
  const testFile = await findTestFile(folder);
  const shop = new MemoryShop(nowMs);
  const imported = await stages.run("reading", () =>
    importShop({
      folder,
      writer: shop,
      shiftToNow: false,
      nowMs,
      rejectsPath,
      onProgress: ({ file, readBytes, totalBytes }) =>
        onProgress(`reading ${file}`, readBytes / Math.max(1, totalBytes)),
    }),
  );
  order.onImported?.(imported);
  const candidates = order.candidates && knownCandidates(shop.products(), order.candidates);
  const trainingStages = new StageSeconds(order.clock);
  const train = (enter: (stage: string) => void) =>
    trainForEvaluation(shop, {
      settings,
      backend: order.backend,
      openFitter: order.openFitter,
      onProgress: ({ stage, share }) => {
        enter(stage);
        onProgress(stage, share);
      },
    });
  const bytes = await stages.run("training", () => trainingStages.follow(train));
  const model = decodeModel(bytes);
  const histories = new MemoryHistories(shop);
  const excluded = settings["exclude.seen"] ? "seen" : settings["exclude.purchased"] ? "purchased" : "nothing";
  const protocol = { isPositive: order.isPositive, excluded, histories, nowMs } as const;
  const test = await stages.run("reading test", () => readTestSet(testFile, protocol));
  requireCases(test, testFile.table.file);

  const field: Field = { ...order, shop, histories, model, excluded, cases: test.cases, stages };
  const all = shop.products();
  const everything = () => rankProducts(field, "all products", all, new Set(all.map(({ productId }) => productId)));
  const results = [];
  if (candidates !== null) {
    const { known } = candidates;
    const title = `the ${known.size} candidates only`;
    results.push(await rankProducts(field, title, onlyCandidates(all, known), known));
  }
  results.push(await everything());
  const evaluation: Evaluation = {
    imported,
    training: model.facts,
    modelBytes: bytes.length,
    test: { kind: test.kind, nRejected: test.nRejected, nLists: test.cases.length },
    excluded,
    unknownCandidates: candidates?.unknown ?? [],
    rankings: results.map(({ ranking }) => ranking),
    seconds: stages.seconds(),
    trainingSeconds: trainingStages.seconds(),
    settings: changedSettings(settings),
    k,
  };
  return { evaluation, cases: test.cases, lines: results[0].lines };
}

function requireCases({ cases, nRejected }: TestSet, file: string): void {
  if (cases.some(({ wanted }) => wanted.size > 0)) return;
  const requirement = "a product that counts and that a list may hold is required";
  const message = `Cannot score ${file}: ${requirement}, found none in ${cases.length} cases and ${nRejected} rejected rows; see --positives and --exclude`;
  throw new RecommenderError("INVALID_INPUT", message, { file });
}

function changedSettings(settings: SettingValues): Record<string, SettingValue> {
  const defaults: Readonly<Record<string, SettingValue>> = DEFAULT_SETTINGS;
  return Object.fromEntries(Object.entries(settings).filter(([name, value]) => value !== defaults[name]));
}
