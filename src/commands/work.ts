import type { Config } from "../config.js";
import { Lifecycle } from "../platform/lifecycle.js";
import { createLogger } from "../platform/logger.js";
import type { Steps } from "../platform/steps.js";
import { openShop, requireDatabase } from "./openShop.js";
import { startTrainingRole } from "./trainingRole.js";

/** `recommender work`: take trainings until a signal; one under way is then put back for another worker. */
export async function work(config: Config, steps: Steps): Promise<void> {
  requireDatabase(config);
  const logger = createLogger(config.LOG_LEVEL);
  const lifecycle = new Lifecycle(logger, config.SHUTDOWN_TIMEOUT_MS);
  lifecycle.stopOnSignals(0, (signal) => logger.info({ signal }, "stopping"));
  const opening = openShop(config, steps, "share");
  lifecycle.add("database", async () => (await opening.catch(() => null))?.close());
  try {
    await startTrainingRole(config, await opening, logger, lifecycle);
    steps.line("Waiting for trainings; stop with Ctrl-C");
  } catch (error) {
    const isStopping = lifecycle.isStopping;
    await lifecycle.stop();
    if (!isStopping) throw error;
  }
}
