import type { Config } from "../config.js";
import type { Steps } from "../platform/steps.js";
import { withShop } from "./openShop.js";

/** `recommender migrate`: opening a shop migrates it. */
export async function migrateCommand(config: Config, steps: Steps): Promise<void> {
  await withShop(config, steps, async () => {});
}
