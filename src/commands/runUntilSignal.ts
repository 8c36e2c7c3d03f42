import type { Config } from "../config.js";
import { Lifecycle } from "../platform/lifecycle.js";
import { createLogger, type Logger } from "../platform/logger.js";

/** What the parts of a process that runs until a signal are started with. */
export interface Process {
  readonly logger: Logger;
  /** Each part adds how it is stopped. */
  readonly lifecycle: Lifecycle;
}

/**
 * Start the parts of a process that runs until a signal. When one fails, those that run are stopped first; what fails
 * because of a signal is no failure.
 */
export async function runUntilSignal(config: Config, startParts: (own: Process) => Promise<void>): Promise<void> {
  const logger = createLogger(config.LOG_LEVEL);
  const lifecycle = new Lifecycle(logger, config.SHUTDOWN_TIMEOUT_MS);
  lifecycle.stopOnSignals(0, (signal) => logger.info({ signal }, "stopping"));
  try {
    await startParts({ logger, lifecycle });
  } catch (error) {
    const isStopping = lifecycle.isStopping;
    await lifecycle.stop();
    if (!isStopping) throw error;
  }
}
