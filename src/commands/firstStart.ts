import { fileURLToPath } from "node:url";
import type { Config } from "../config.js";
import type { Lifecycle } from "../platform/lifecycle.js";
import type { Steps } from "../platform/steps.js";
import { createModelStore } from "../store/modelStore.js";
import { isShopEmpty } from "../store/shopFacts.js";
import { importFolder } from "./importFolder.js";
import type { Shop } from "./openShop.js";
import { trainWithProgress } from "./train.js";

/** The sample shop, beside the sources and beside the build alike. */
const SAMPLE_SHOP = fileURLToPath(new URL("../../data/online-retail", import.meta.url));

/**
 * What only a first start does: fill an empty embedded database with the sample shop, and train when there is something
 * to learn from and no model yet. A database of the shop's own is never filled by itself.
 */
export async function firstStart(config: Config, shop: Shop, steps: Steps, lifecycle: Lifecycle): Promise<void> {
  if (shop.isEmbedded && (await isShopEmpty(shop.database))) {
    await importFolder({ folder: SAMPLE_SHOP, shiftToNow: true, rejectsDir: config.DATA_DIR }, shop.database, steps);
  }
  const active = await createModelStore(shop.database).activeModel();
  if (active !== null) {
    steps.print("model", `version ${active.version} is active`);
    return;
  }
  if (await isShopEmpty(shop.database)) {
    steps.print("model", "none yet: the shop is empty; import something, then run `recommender train`");
    return;
  }
  const training = trainWithProgress(shop.url, "first start", steps);
  lifecycle.add("training", training.stop);
  await training.outcome;
}
