import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type ErrorCode, RecommenderError } from "../domain/errors.js";
import type { TrainingOutcome } from "../training/runTraining.js";
import type { TrainingProgress } from "../training/trainModel.js";

export interface TrainingOrder {
  readonly databaseUrl: string;
  readonly reason: string;
}

export type TrainingMessage =
  | { readonly kind: "progress"; readonly progress: TrainingProgress }
  | { readonly kind: "problem"; readonly problem: string }
  | { readonly kind: "done"; readonly outcome: TrainingOutcome }
  /** A failure the engine names; the class of an error does not survive the way between threads. */
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string };

export interface TrainingListener {
  readonly onProgress: (progress: TrainingProgress) => void;
  readonly onProblem: (problem: string) => void;
}

/**
 * Train in a thread of its own, so that requests are answered meanwhile. `stop` ends it at once; what it had not
 * published is gone and what was active serves on.
 *
 * @throws RecommenderError TRAINING_FAILED if the thread ends without a model
 */
export function trainInWorker(
  order: TrainingOrder,
  listener: TrainingListener,
): { outcome: Promise<TrainingOutcome>; stop: () => Promise<void> } {
  const worker = new Worker(workerEntry(), { workerData: order, name: "training" });
  const outcome = new Promise<TrainingOutcome>((resolve, reject) => {
    worker.on("message", (message: TrainingMessage) => {
      if (message.kind === "progress") listener.onProgress(message.progress);
      if (message.kind === "problem") listener.onProblem(message.problem);
      if (message.kind === "done") resolve(message.outcome);
      if (message.kind === "refused") reject(new RecommenderError(message.code, message.message));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => {
      reject(new RecommenderError("TRAINING_FAILED", `Cannot finish training: its thread ended with code ${code}`));
    });
  });
  return {
    outcome,
    stop: async () => {
      await worker.terminate();
    },
  };
}

/** The built entry: a thread cannot run TypeScript, so from sources (tests) the one in dist/ is taken. */
function workerEntry(): URL {
  const beside = new URL("./trainingWorker.js", import.meta.url);
  return existsSync(fileURLToPath(beside)) ? beside : new URL("../../dist/commands/trainingWorker.js", import.meta.url);
}
