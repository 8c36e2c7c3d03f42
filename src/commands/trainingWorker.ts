import { parentPort, workerData } from "node:worker_threads";
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
  await main(workerData as TrainingOrder, (message) => port.postMessage(message));
}
