import type { Config } from "../config.js";
import type { RecommendationEngine } from "../domain/engine.js";
import { RecommenderError } from "../domain/errors.js";
import { computeLists, shopperRequest } from "../evaluation/computeLists.js";
import { requireWritable, writeLists } from "../evaluation/writeLists.js";
import { readIds } from "../ingest/readIds.js";
import { createStageProgress } from "../platform/stageProgress.js";
import type { Steps } from "../platform/steps.js";
import { loadBackend } from "../scorer/backend.js";
import { createTensorScorer } from "../scorer/tensorScorer.js";
import { LiveState } from "../serving/liveState.js";
import { createRecommender } from "../serving/recommender.js";
import { createCatalogueSource } from "../store/catalogueSource.js";
import { createErasedShoppers } from "../store/erasedShoppers.js";
import { createMerchandisingRules } from "../store/merchandisingRules.js";
import { createModelStore } from "../store/modelStore.js";
import { createSettingsSource } from "../store/settingsSource.js";
import { createShopperHistories } from "../store/shopperHistories.js";
import { createTrendSource } from "../store/trendSource.js";
import { readListLength } from "./listLength.js";
import { type Shop, withShop } from "./openShop.js";

export interface RecommendOptions {
  readonly users: string;
  readonly out: string;
  readonly k: string;
}

/** `recommender recommend`: lists of many shoppers by the active model, as the subgraph would answer them right now. */
export async function recommendCommand(config: Config, steps: Steps, options: RecommendOptions): Promise<void> {
  const k = readListLength(options.k);
  await requireWritable(options.out);
  const userIds = await readIds(options.users, "user_id");
  await withShop(config, steps, async (shop) => {
    await steps.run(
      "lists",
      () => recommendWithProgress(config, shop, steps, { userIds, k, out: options.out }),
      (version) => `${userIds.length.toLocaleString("en-US")} lists by model ${version} in ${options.out}`,
    );
  });
}

interface ListsOrder {
  readonly userIds: readonly string[];
  readonly k: number;
  readonly out: string;
}

async function recommendWithProgress(config: Config, shop: Shop, steps: Steps, order: ListsOrder): Promise<string> {
  const { engine, version } = await openEngine(config, shop, steps);
  const progress = createStageProgress(process.stderr, "recommend");
  try {
    const requests = order.userIds.map((userId) => shopperRequest(userId, [], order.k));
    const lines = await computeLists(engine, requests, (share) => progress.update("lists", share));
    await writeLists(
      order.out,
      order.userIds.map((userId) => ({ user_id: userId })),
      lines,
    );
    return version;
  } finally {
    progress.stop();
  }
}

/** The engine that serves, over one reading of the shop. Without deadlines: a list that is late is still wanted. */
async function openEngine(
  config: Config,
  { database }: Shop,
  steps: Steps,
): Promise<{ engine: RecommendationEngine; version: string }> {
  const backend = await loadBackend({ choice: config.TF_BACKEND, nativeDir: config.TFJS_NODE_DIR });
  const state = new LiveState({
    models: createModelStore(database),
    catalogue: createCatalogueSource(database),
    settings: createSettingsSource(database, (problem) => steps.print("settings", problem)),
    merchandising: createMerchandisingRules(database, (problem) => steps.print("rules", problem)),
    trends: createTrendSource(database),
    erased: createErasedShoppers(database),
    createScorer: (gates) => createTensorScorer(gates, backend),
    onEvent: (event) => {
      if (event.kind === "modelRefused")
        steps.print("model", `version ${event.version} is damaged and was passed over`);
    },
    clock: Date.now,
  });
  await state.refresh();
  const version = state.modelVersion;
  if (version === null) {
    const requirement = "an active model is required, found none; run `recommender train`";
    throw new RecommenderError("INVALID_INPUT", `Cannot recommend: ${requirement}`);
  }
  const histories = createShopperHistories(database);
  return { engine: createRecommender({ histories, state: state.current }), version };
}
