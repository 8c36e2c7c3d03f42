import { fileURLToPath } from "node:url";
import type { Config } from "../config.js";
import type { EndedEvents } from "../ingest/eventTally.js";
import type { Lifecycle } from "../platform/lifecycle.js";
import type { Steps } from "../platform/steps.js";
import { createImportRuns } from "../store/importRuns.js";
import { createModelStore } from "../store/modelStore.js";
import { isShopEmpty } from "../store/shopFacts.js";
import { createTrainingRuns } from "../store/trainingRuns.js";
import { importFolder } from "./importFolder.js";
import type { Shop } from "./openShop.js";
import { trainWithProgress, untilNoneIsUnderWay } from "./train.js";

/** The sample shop, beside the sources and beside the build alike. */
const SAMPLE_SHOP = fileURLToPath(new URL("../../data/online-retail", import.meta.url));

const SAMPLE_SOURCE = "sample shop";

/**
 * What only a first start does: fill an empty embedded database with the sample shop, and train when there is something
 * to learn from and no model yet. A database of the shop's own is never filled by itself.
 *
 * @returns the events that were imported
 */
export async function firstStart(
  config: Config,
  shop: Shop,
  steps: Steps,
  lifecycle: Lifecycle,
): Promise<readonly EndedEvents[]> {
  const events = shop.isEmbedded ? await fillWithSample(config, shop, steps) : [];
  await firstTraining(config, shop, steps, lifecycle);
  return events;
}

async function firstTraining(config: Config, shop: Shop, steps: Steps, lifecycle: Lifecycle): Promise<void> {
  const { activeModel } = createModelStore(shop.database);
  const isEmpty = await isShopEmpty(shop.database);
  // One of a start that was killed, or of another replica, which leaves a model.
  if (!isEmpty && (await activeModel()) === null) await untilNoneIsUnderWay(createTrainingRuns(shop.database), steps);
  const active = await activeModel();
  if (active !== null) {
    steps.print("model", `version ${active.version} is active`);
    return;
  }
  if (isEmpty) {
    steps.print("model", "none yet: the shop is empty; import something, then run `recommender train`");
    return;
  }
  const training = await trainWithProgress(config, shop, "first start", steps);
  lifecycle.add("training", training.stop);
  await training.outcome;
}

/** Import the sample shop into an empty database, or finish an import of it that was cut off. */
async function fillWithSample(config: Config, shop: Shop, steps: Steps): Promise<readonly EndedEvents[]> {
  const { database } = shop;
  const begun = await createImportRuns(database).unfinishedSince(SAMPLE_SOURCE);
  if (begun === null && !(await isShopEmpty(database))) return [];
  if (begun !== null) steps.print("import", "the sample shop's import was cut off; it is finished now");
  // With the time of the first try, so that both halves are moved by the same weeks.
  const now = begun ?? new Date();
  const order = { folder: SAMPLE_SHOP, source: SAMPLE_SOURCE, shiftToNow: true, now, rejectsDir: config.DATA_DIR };
  return (await importFolder(order, shop, steps)).events;
}
