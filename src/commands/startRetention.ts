import { oldestKeptMs } from "../domain/retention.js";
import type { Lifecycle } from "../platform/lifecycle.js";
import type { Logger } from "../platform/logger.js";
import type { Database } from "../store/database.js";
import { forgetInteractions } from "../store/retention.js";
import { every } from "./every.js";

/** How often a replica looks whether a month has gone by, or the setting has changed. */
const LOOK_MS = 60_000;

/** Forget interactions as they leave the time for which they are kept. A failure is told and tried again. */
export function startRetention(
  database: Database,
  months: () => number,
  { logger, lifecycle }: { readonly logger: Logger; readonly lifecycle: Lifecycle },
): void {
  let forgottenToMs = 0;
  let working: Promise<void> | null = null;
  const look = async () => {
    const oldestMs = oldestKeptMs(Date.now(), months());
    if (oldestMs <= forgottenToMs) return;
    try {
      const { partitions, nRows, isDone } = await forgetInteractions(database, oldestMs);
      if (isDone) forgottenToMs = oldestMs;
      if (partitions.length > 0 || nRows > 0) {
        logger.info({ before: new Date(oldestMs), partitions, nRows }, "interactionsForgotten");
      }
    } catch (error) {
      logger.warn({ err: error }, "forgettingFailed");
    }
  };
  const stop = every(LOOK_MS, () => {
    working = look();
    return working;
  });
  lifecycle.add("retention", async () => {
    stop();
    await working;
  });
}
