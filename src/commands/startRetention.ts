import { oldestKeptMs } from "../domain/retention.js";
import type { Lifecycle } from "../platform/lifecycle.js";
import type { Logger } from "../platform/logger.js";
import type { Database } from "../store/database.js";
import { forgetInteractions } from "../store/retention.js";
import { createSettingsSource } from "../store/settingsSource.js";
import { every } from "./every.js";

/** How often a replica looks whether a month has gone by, or the setting has changed. */
const LOOK_MS = 60_000;
/** How often it looks again for what slipped in while a door had yet to hear of the setting. */
const AGAIN_MS = 3_600_000;

/** Forget interactions as they leave the time for which they are kept. A failure is told and tried again. */
export function startRetention(
  database: Database,
  months: () => number,
  { logger, lifecycle }: { readonly logger: Logger; readonly lifecycle: Lifecycle },
): void {
  let forgottenToMs = 0;
  let forgottenAtMs = 0;
  let working: Promise<void> | null = null;
  const look = async () => {
    const nowMs = Date.now();
    const oldestMs = oldestKeptMs(nowMs, months());
    if (oldestMs === 0 || (oldestMs <= forgottenToMs && nowMs - forgottenAtMs < AGAIN_MS)) return;
    try {
      const { partitions, nRows, isDone } = await forgetInteractions(database, oldestMs);
      if (isDone) [forgottenToMs, forgottenAtMs] = [oldestMs, nowMs];
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

/** How often a process without live state reads the setting; what slips in meanwhile is forgotten like all else. */
const FOLLOW_MS = 5_000;

/** The months for which interactions are kept, for a process that only takes them in; the last answer stands while there is no other. */
export async function followKeptMonths(
  database: Database,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<() => number> {
  const source = createSettingsSource(database, (problem) => logger.warn({ problem }, "stored setting refused"));
  const read = async () => (await source.load())["retention.months"];
  let months = await read();
  const stop = every(FOLLOW_MS, async () => {
    months = await read().catch(() => months);
  });
  lifecycle.add("settings", async () => stop());
  return () => months;
}
