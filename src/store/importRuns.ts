import type { Database } from "./database.js";
import type { Prisma } from "./generated/client.js";

export interface ImportRuns {
  start(source: string): Promise<number>;
  finish(runId: number, summary: object): Promise<void>;
  fail(runId: number, error: string): Promise<void>;
  /** When the first import of this source began, if none has ended well yet; null when one has, or none was begun. */
  unfinishedSince(source: string): Promise<Date | null>;
}

/** Records imports, whatever becomes of them. */
export function createImportRuns({ prisma }: Database): ImportRuns {
  return {
    async start(source) {
      const { runId } = await prisma.importRun.create({ data: { status: "running", source } });
      return runId;
    },
    async finish(runId, summary) {
      const data = { status: "succeeded", finishedAt: new Date(), summary: summary as Prisma.InputJsonObject };
      await prisma.importRun.update({ where: { runId }, data });
    },
    async fail(runId, error) {
      await prisma.importRun.update({ where: { runId }, data: { status: "failed", error, finishedAt: new Date() } });
    },
    async unfinishedSince(source) {
      const runs = await prisma.importRun.findMany({ where: { source }, orderBy: { runId: "asc" } });
      const hasSucceeded = runs.some(({ status }) => status === "succeeded");
      return hasSucceeded || runs.length === 0 ? null : runs[0].startedAt;
    },
  };
}
