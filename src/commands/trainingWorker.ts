import { parentPort, workerData } from "node:worker_threads";
import { RecommenderError } from "../domain/errors.js";
import { openDatabase } from "../store/database.js";
import { createModelStore } from "../store/modelStore.js";
import { createSettingsSource } from "../store/settingsSource.js";
import { createTrainingRuns } from "../store/trainingRuns.js";
import { createTrainingSource } from "../store/trainingSource.js";
import { runTraining } from "../training/runTraining.js";
import type { TrainingMessage, TrainingOrder } from "./trainInWorker.js";

/** Entry of the training thread: its own connections, its own memory, nothing shared with the request thread but bytes. */
async function main(order: TrainingOrder, post: (message: TrainingMessage) => void): Promise<void> {
  const database = await openDatabase({
    url: order.databaseUrl,
    maxConnections: 3,
    statementTimeoutMs: 0,
    applicationName: "recommender training",
  });
  try {
    const ports = {
      source: createTrainingSource(database),
      models: createModelStore(database),
      runs: createTrainingRuns(database),
      settings: createSettingsSource(database, (problem) => post({ kind: "problem", problem })),
    };
    const outcome = await runTraining(ports, order.reason, (progress) => post({ kind: "progress", progress }));
    post({ kind: "done", outcome });
  } finally {
    await database.close();
  }
}

if (parentPort !== null) {
  const port = parentPort;
  const post = (message: TrainingMessage) => port.postMessage(message);
  try {
    await main(workerData as TrainingOrder, post);
  } catch (error) {
    if (!(error instanceof RecommenderError)) throw error;
    post({ kind: "refused", code: error.code, message: error.message });
  }
}
