import path from "node:path";
import type { Config } from "../config.js";
import { forgetRejects } from "../ingest/forgetRejects.js";
import { Lifecycle } from "../platform/lifecycle.js";
import { createLogger } from "../platform/logger.js";
import type { Steps } from "../platform/steps.js";
import { createSettingsSource } from "../store/settingsSource.js";
import { logCommandEvent, openAdministration, startDesk } from "./openAdministration.js";
import { openShop, requireDatabase } from "./openShop.js";
import { startTrainingRole } from "./trainingRole.js";

/**
 * `recommender work`: take trainings, and decide the commands that wait, until a signal; a training under way is then put
 * back for another worker.
 */
export async function work(config: Config, steps: Steps): Promise<void> {
  requireDatabase(config);
  const logger = createLogger(config.LOG_LEVEL);
  const lifecycle = new Lifecycle(logger, config.SHUTDOWN_TIMEOUT_MS);
  lifecycle.stopOnSignals(0, (signal) => logger.info({ signal }, "stopping"));
  const opening = openShop(config, steps, "share");
  lifecycle.add("database", async () => (await opening.catch(() => null))?.close());
  try {
    const shop = await opening;
    await startTrainingRole(config, shop, logger, lifecycle);
    const settings = createSettingsSource(shop.database, () => {}); // told by whoever serves
    const { desk } = openAdministration(shop.database, settings, {
      forgetFiles: (names) => forgetRejects(path.join(config.DATA_DIR, "rejects.ndjson"), names),
      onEvent: (event) => logCommandEvent(logger, event),
    });
    startDesk(desk, lifecycle);
    steps.line("Waiting for trainings and commands; stop with Ctrl-C");
  } catch (error) {
    const isStopping = lifecycle.isStopping;
    await lifecycle.stop();
    if (!isStopping) throw error;
  }
}
