import type { Config } from "../config.js";
import { createStageProgress } from "../platform/stageProgress.js";
import type { Steps } from "../platform/steps.js";
import type { TrainingOutcome } from "../training/runTraining.js";
import { describeComparison } from "./describeComparison.js";
import { inChildProcess } from "./inChildProcess.js";
import { withShop } from "./openShop.js";
import type { TrainingOrder, TrainingReport } from "./trainingProcess.js";

/** `recommender train`: learn a model from what is stored and make it the active one, unless it is worse. */
export async function train(config: Config, steps: Steps): Promise<void> {
  await withShop(config, steps, async (shop) => {
    await trainWithProgress(config, shop.url, "train command", steps).outcome;
  });
}

/** Train in a process of its own, with progress on the terminal and one line at the end. */
export function trainWithProgress(config: Config, databaseUrl: string, reason: string, steps: Steps) {
  const progress = createStageProgress(process.stdout, "model");
  const order: TrainingOrder = {
    databaseUrl,
    reason,
    backend: { choice: config.TF_BACKEND, nativeDir: config.TFJS_NODE_DIR },
    nThreads: config.TRAINING_THREADS,
  };
  const training = inChildProcess<TrainingReport, TrainingOutcome>("trainingProcess", order, {
    onProgress: (report) => {
      if ("problem" in report) steps.print("settings", report.problem);
      else progress.update(report.stage, report.share);
    },
    whenLost: "TRAINING_FAILED",
  });
  const trained = steps.run("model", () => training.result.finally(() => progress.stop()), describeOutcome);
  return { outcome: trained.then((outcome) => printComparison(outcome, steps)), stop: training.stop };
}

function printComparison(outcome: TrainingOutcome, steps: Steps): TrainingOutcome {
  for (const line of describeComparison(outcome.version, outcome.comparison)) steps.print("gate", line);
  return outcome;
}

function describeOutcome({ version, nBytes, facts }: TrainingOutcome): string {
  const signals = Object.keys(facts.signals).join(", ") || "no signal";
  const size = (nBytes / 1e6).toFixed(1);
  const learned = `${facts.nInteractions.toLocaleString("en")} interactions, ${facts.nProducts.toLocaleString("en")} products`;
  return `version ${version} trained on ${learned}: ${signals} (${size} MB)`;
}
