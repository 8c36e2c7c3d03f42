import os from "node:os";
import { setTimeout } from "node:timers/promises";
import {
  HEARTBEAT_MS,
  LEASE_MS,
  type RunningTraining,
  runTrainingWork,
  type StartTraining,
} from "../admin/trainingRunner.js";
import type { Config } from "../config.js";
import { RecommenderError } from "../domain/errors.js";
import type { TrainingRun, TrainingRuns } from "../domain/trainingRun.js";
import { createStageProgress } from "../platform/stageProgress.js";
import type { Steps } from "../platform/steps.js";
import { createTrainingRuns } from "../store/trainingRuns.js";
import type { TrainingOutcome } from "../training/runTraining.js";
import { describeComparison } from "./describeComparison.js";
import { every } from "./every.js";
import { inChildProcess } from "./inChildProcess.js";
import { type Shop, withShop } from "./openShop.js";
import type { TrainingOrder, TrainingReport } from "./trainingProcess.js";

/** `recommender train`: learn a model from what is stored and make it the active one, unless it is worse. */
export async function train(config: Config, steps: Steps): Promise<void> {
  await withShop(config, steps, async (shop) => {
    const training = await trainWithProgress(config, shop, "train command", steps);
    await training.outcome;
  });
}

/**
 * Train now, past the queue, with progress on the terminal and one line at the end.
 *
 * @throws RecommenderError TRAINING_FAILED while another training runs, naming it; as a rejection of the outcome, if
 * somebody cancelled this one
 */
export async function trainWithProgress(config: Config, shop: Shop, reason: string, steps: Steps) {
  const progress = createStageProgress(process.stdout, "model");
  const runs = createTrainingRuns(shop.database);
  const training = await beginNow(runs, reason, {
    runs,
    every,
    start: trainingInChild(config, shop.url, (report) => {
      if ("problem" in report) steps.print("settings", report.problem);
      else progress.update(report.stage, report.share);
    }),
  });
  const ended = training.ended.then((outcome) => outcome ?? refuseCancelled(training.runId));
  const trained = steps.run("model", () => ended.finally(() => progress.stop()), describeOutcome);
  return { outcome: trained.then((outcome) => printComparison(outcome, steps)), stop: training.giveUp };
}

async function beginNow(
  runs: TrainingRuns,
  reason: string,
  options: Parameters<typeof runTrainingWork<TrainingOutcome>>[1],
): Promise<RunningTraining<TrainingOutcome>> {
  await runs.expire(LEASE_MS);
  const run = await runs.begin({ reason, requestedBy: null, idempotencyKey: null }, workerName());
  if (run !== null) return runTrainingWork(run, options);
  throw new RecommenderError("TRAINING_FAILED", `Cannot train: ${describeRunning(await underWay(runs))}`);
}

/**
 * Wait until no other training is under way: one that goes on elsewhere comes to its end, and one whose process was lost,
 * with an earlier start perhaps, is given up when its lease is over.
 */
export async function untilNoneIsUnderWay(runs: TrainingRuns, steps: Steps): Promise<void> {
  for (let isTold = false; ; isTold = true) {
    await runs.expire(LEASE_MS);
    const run = await underWay(runs);
    if (run === undefined) return;
    const lease = `if its process is gone, for ${LEASE_MS / 1000} s at most`;
    if (!isTold) steps.print("model", `waiting for training run ${run.runId} (${run.reason}) to end; ${lease}`);
    await setTimeout(HEARTBEAT_MS);
  }
}

async function underWay(runs: TrainingRuns): Promise<TrainingRun | undefined> {
  return (await runs.newest(10, null)).find(({ status }) => status === "running");
}

function describeRunning(run: TrainingRun | undefined): string {
  const which = run === undefined ? "another" : `run ${run.runId} (${run.reason})`;
  return `one training at a time is allowed, ${which} is under way; wait for its end, or cancel it`;
}

function refuseCancelled(runId: number): never {
  throw new RecommenderError(
    "TRAINING_FAILED",
    `Cannot finish the training: run ${runId} was cancelled, or taken up by another worker`,
    { runId },
  );
}

/** Who works on a run, for people who look where it runs. */
export function workerName(): string {
  return `${os.hostname()}:${process.pid}`;
}

/** Trainings in a process of their own, with their own memory. */
export function trainingInChild(
  config: Config,
  databaseUrl: string,
  onReport: (report: TrainingReport) => void,
): StartTraining<TrainingOutcome> {
  return (run, onProgress) => {
    const order: TrainingOrder = {
      databaseUrl,
      run,
      backend: { choice: config.TF_BACKEND, nativeDir: config.TFJS_NODE_DIR },
      nThreads: config.TRAINING_THREADS,
    };
    return inChildProcess<TrainingReport, TrainingOutcome>("trainingProcess", order, {
      onProgress: (report) => {
        onReport(report);
        if (!("problem" in report)) onProgress(report);
      },
      whenLost: "TRAINING_FAILED",
    });
  };
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
