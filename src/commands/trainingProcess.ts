import type { RunClaim } from "../domain/trainingRun.js";
import { type BackendOptions, loadBackend } from "../scorer/backend.js";
import { openDatabase } from "../store/database.js";
import { createModelStore } from "../store/modelStore.js";
import { createSettingsSource } from "../store/settingsSource.js";
import { createTrainingSource } from "../store/trainingSource.js";
import { runTraining, type TrainingOutcome } from "../training/runTraining.js";
import type { TrainingProgress } from "../training/trainModel.js";
import { fitterOnThreads } from "./fitThreads.js";
import { workInChild } from "./inChildProcess.js";

export interface TrainingOrder {
  readonly databaseUrl: string;
  /** The run that this training is. */
  readonly run: RunClaim;
  readonly backend: BackendOptions;
  /** Threads that fit signals, beside the one that leads. */
  readonly nThreads: number;
}

/** A step of the training, or a stored setting that cannot be used. */
export type TrainingReport = TrainingProgress | { readonly problem: string };

/** Entry of the training process: its own connections and its own memory. */
await workInChild<TrainingOrder, TrainingReport, TrainingOutcome>(async (order, report) => {
  const { databaseUrl, run } = order;
  const database = await openDatabase({
    url: databaseUrl,
    maxConnections: 3,
    statementTimeoutMs: 0,
    applicationName: "recommender training",
  });
  try {
    const ports = {
      source: createTrainingSource(database),
      models: createModelStore(database),
      settings: createSettingsSource(database, (problem) => report({ problem })),
      clock: Date.now,
    };
    const machinery = { backend: await loadBackend(order.backend), openFitter: fitterOnThreads(order.nThreads) };
    return await runTraining(ports, machinery, run, report);
  } finally {
    await database.close();
  }
});
