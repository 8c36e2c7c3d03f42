import path from "node:path";
import type { Config } from "../config.js";
import { forgetRejects } from "../ingest/forgetRejects.js";
import type { Steps } from "../platform/steps.js";
import { createSettingsSource } from "../store/settingsSource.js";
import { logCommandEvent, openAdministration, startDesk } from "./openAdministration.js";
import { openShop, requireDatabase } from "./openShop.js";
import { type Process, runUntilSignal } from "./runUntilSignal.js";
import { startTrainingRole } from "./trainingRole.js";

/**
 * `recommender work`: take trainings, and decide the commands that wait, until a signal; a training under way is then put
 * back for another worker.
 */
export async function work(config: Config, steps: Steps): Promise<void> {
  requireDatabase(config);
  await runUntilSignal(config, (own) => startParts(config, steps, own));
}

async function startParts(config: Config, steps: Steps, { logger, lifecycle }: Process): Promise<void> {
  const shop = await openShop(config, steps, { lifecycle, mode: "share" });
  await startTrainingRole(config, shop, logger, lifecycle);
  const settings = createSettingsSource(shop.database, () => {}); // told by whoever serves
  const { desk } = openAdministration(shop.database, settings, {
    forgetFiles: (names) => forgetRejects(path.join(config.DATA_DIR, "rejects.ndjson"), names),
    onEvent: (event) => logCommandEvent(logger, event),
  });
  startDesk(desk, lifecycle);
  steps.line("Waiting for trainings and commands; stop with Ctrl-C");
}
