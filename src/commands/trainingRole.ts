import { createDueTraining } from "../admin/dueTraining.js";
import { startTrainingWorker, type WorkerEvent } from "../admin/trainingWorker.js";
import type { Config } from "../config.js";
import type { TrainingRuns } from "../domain/trainingRun.js";
import type { Lifecycle } from "../platform/lifecycle.js";
import type { Logger } from "../platform/logger.js";
import { hasNewInteractions } from "../store/newInteractions.js";
import { createSettingsSource } from "../store/settingsSource.js";
import { openTrainingQueue, type TrainingQueue } from "../store/trainingQueue.js";
import { createTrainingRuns } from "../store/trainingRuns.js";
import type { TrainingOutcome } from "../training/runTraining.js";
import { every } from "./every.js";
import type { Shop } from "./openShop.js";
import { trainingInChild, workerName } from "./train.js";

/** How often the schedule is read from the settings. */
const SCHEDULE_MS = 5_000;

/** The worker role, in a process of its own (`work`) or beside what serves: takes runs, and keeps the schedule. */
export async function startTrainingRole(config: Config, shop: Shop, logger: Logger, lifecycle: Lifecycle) {
  const runs = createTrainingRuns(shop.database);
  const settings = createSettingsSource(shop.database, () => {}); // told by whoever serves
  const onProblem = (report: object) => {
    if ("problem" in report) logger.error(report, "stored setting refused");
  };
  const worker = startTrainingWorker<TrainingOutcome>({
    runs,
    name: workerName(),
    every,
    start: trainingInChild(config, shop.url, onProblem),
    wishIfDue: createDueTraining({
      runs,
      afterEvents: async () => (await settings.load())["training.afterEvents"],
      hasNewInteractions: (since, atLeast) => hasNewInteractions(shop.database, since, atLeast),
      clock: Date.now,
    }),
    onEvent: (event) => logWorker(logger, event),
  });
  lifecycle.add("training", worker.stop);
  const queue = await openTrainingQueue(shop.database, {
    onTick: async (tick) => {
      await wishScheduled(runs, tick);
      await worker.look();
    },
    onError: (error) => logger.warn({ err: error }, "training queue"),
  });
  lifecycle.add("training queue", queue.stop);
  const unfollow = followSchedule(queue, async () => (await settings.load())["training.schedule"], logger);
  lifecycle.add("training schedule", async () => unfollow());
}

/** One wish per tick of the schedule, whatever takes its job twice. */
async function wishScheduled(runs: TrainingRuns, tick: string): Promise<void> {
  await runs.wish({ reason: "schedule", requestedBy: null, idempotencyKey: `schedule:${tick}` });
}

function followSchedule(queue: TrainingQueue, scheduleOf: () => Promise<string>, logger: Logger): () => void {
  let followed: string | null = null;
  const follow = async () => {
    try {
      const schedule = await scheduleOf();
      if (schedule === followed) return;
      await queue.schedule(schedule === "" ? null : schedule);
      logger.info({ schedule }, "training schedule");
      followed = schedule;
    } catch (error) {
      logger.warn({ err: error }, "training schedule");
    }
  };
  void follow();
  return every(SCHEDULE_MS, follow);
}

function logWorker(logger: Logger, event: WorkerEvent): void {
  if (event.kind === "trainingFailed" || event.kind === "queueLost") {
    const { kind, error, ...facts } = event;
    logger.error({ ...facts, err: error }, kind);
    return;
  }
  const { kind, ...facts } = event;
  if (event.kind === "trainingEnded") {
    const { version, comparison } = event.outcome as TrainingOutcome;
    logger.info({ runId: event.runId, version, isAccepted: comparison.isAccepted }, kind);
  } else logger[kind === "workerLost" ? "warn" : "info"](facts, kind);
}
