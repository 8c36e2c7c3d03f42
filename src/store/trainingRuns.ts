import type { TrainingRuns } from "../domain/ports.js";
import type { Database } from "./database.js";

/** Records trainings, whatever becomes of them. */
export function createTrainingRuns({ prisma }: Database): TrainingRuns {
  return {
    async start(reason) {
      const { runId } = await prisma.trainingRun.create({ data: { status: "running", reason } });
      return runId;
    },
    async finish(runId, modelVersion, outcome) {
      const data = { status: outcome, modelVersion, finishedAt: new Date() };
      await prisma.trainingRun.update({ where: { runId }, data });
    },
    async fail(runId, error) {
      await prisma.trainingRun.update({ where: { runId }, data: { status: "failed", error, finishedAt: new Date() } });
    },
  };
}
