import { RecommenderError } from "../domain/errors.js";
import type { ModelComparison } from "../domain/modelComparison.js";
import type { AskedShoppers, ModelStore, SettingsSource, TrainingSource } from "../domain/ports.js";
import type { RunClaim } from "../domain/trainingRun.js";
import { decodeModel, encodeModel } from "../model/artifact.js";
import { encodeHeldOutLists } from "../model/heldOutLists.js";
import type { TrainingFacts } from "../model/model.js";
import type { TensorBackend } from "../scorer/backend.js";
import type { OpenFitter } from "./fitter.js";
import { nothingHeldOut } from "./gate.js";
import { InteractionTable } from "./interactionTable.js";
import { loadServed } from "./loadServed.js";
import { withTimeLimit } from "./timeLimit.js";
import { type TrainingProgress, trainModel } from "./trainModel.js";

export interface TrainingPorts {
  readonly source: TrainingSource;
  readonly models: ModelStore;
  readonly settings: SettingsSource;
  /** Milliseconds since some moment; decides only whether a training goes on (see timeLimit). */
  readonly clock: () => number;
}

/** Where the work is done; neither changes what is learned but for rounding between backends. */
export interface TrainingMachinery {
  readonly backend: TensorBackend;
  readonly openFitter?: OpenFitter;
}

export interface TrainingOutcome {
  readonly version: number;
  readonly nBytes: number;
  readonly facts: TrainingFacts;
  /** Says whether the version became the active one. */
  readonly comparison: ModelComparison;
}

/**
 * One training from stored interactions to the active model: read, learn, compare, check the bytes, publish. What was
 * active before serves until the very end, and stays if the new one is worse.
 *
 * @param run the run that this is, which ends with the publication; null for one that nobody keeps a record of
 * @throws RecommenderError TRAINING_FAILED if there is nothing to learn from, if it takes longer than
 * `training.maxMinutes`, or if the run is no longer this worker's; whatever a port throws
 */
export async function runTraining(
  { source, models, settings, clock }: TrainingPorts,
  machinery: TrainingMachinery,
  run: RunClaim | null,
  report: (progress: TrainingProgress) => void,
): Promise<TrainingOutcome> {
  const startedAtMs = clock();
  const values = await settings.load();
  const onProgress = withTimeLimit(report, { maxMinutes: values["training.maxMinutes"], clock, startedAtMs });
  const asked = { withOptedOut: values["privacy.trainOnOptedOut"] };
  const [products, segments, table] = await Promise.all([
    source.readProducts(),
    source.readSegments(asked),
    readTable(source, asked, onProgress),
  ]);
  if (products.length === 0 && table.length === 0) {
    throw new RecommenderError(
      "TRAINING_FAILED",
      "Cannot train: products or interactions are required, the shop has neither",
    );
  }
  const data = { table, products, segments };
  const options = { ...machinery, settings: values, loadServed: () => loadServed(models), onProgress };
  const { model, heldOut, comparison } = await trainModel(data, options);
  const artifact = encodeModel(model);
  decodeModel(artifact); // What cannot be read back must never become active.
  onProgress({ stage: "publishing", share: 0 });
  const candidate = {
    artifact,
    heldOut: heldOut === null ? null : encodeHeldOutLists(heldOut),
    header: model.facts,
    comparison: comparison ?? nothingHeldOut(values["training.minImprovement"]),
    run,
  };
  const version = await models.publish(candidate);
  await models.deleteAllBut(values["models.keep"]);
  return { version, nBytes: artifact.length, facts: model.facts, comparison: candidate.comparison };
}

async function readTable(
  source: TrainingSource,
  asked: AskedShoppers,
  onProgress: (progress: TrainingProgress) => void,
): Promise<InteractionTable> {
  const expected = await source.countInteractions();
  const table = new InteractionTable();
  for await (const page of source.readInteractions(asked)) {
    table.append(page);
    onProgress({ stage: "reading interactions", share: Math.min(1, table.length / Math.max(1, expected)) });
  }
  return table;
}
