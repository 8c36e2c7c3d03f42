import { previewSettings } from "../admin/previewSettings.js";
import type { SettingsAudit } from "../domain/administration.js";
import type { Insight } from "../domain/insight.js";
import type { ListPerformance } from "../domain/overview.js";
import type { ShopperHistories } from "../domain/ports.js";
import { createExplainer } from "../serving/explain.js";
import type { ServingState } from "../serving/recommender.js";
import { createTrialEngine } from "../serving/trialEngine.js";
import type { Database } from "../store/database.js";
import { createModelStore } from "../store/modelStore.js";
import { createShopperSample } from "../store/shopperSample.js";
import { createShopView } from "../store/shopView.js";
import { createWeightJudge } from "../training/judgeWeights.js";

export interface InsightParts {
  readonly histories: ShopperHistories;
  readonly state: () => ServingState;
  readonly settings: SettingsAudit;
  readonly listPerformance: () => Promise<ListPerformance>;
}

/** Wire what administrators may ask about lists to the engine of this process. */
export function openInsight(
  database: Database,
  { histories, state, settings, listPerformance }: InsightParts,
): Insight {
  const view = createShopView(database);
  const parts = {
    settings,
    engine: createTrialEngine({ histories, state }),
    judge: createWeightJudge(createModelStore(database), () => state().served),
    sample: createShopperSample(database),
  };
  const { explain } = createExplainer({ histories, state });
  return {
    preview: (asked) => previewSettings(parts, asked),
    explain,
    overview: async (minutes) => ({ arrivals: await view.arrivals(minutes), ...(await listPerformance()) }),
    productsOf: view.productsOf,
    searchProducts: view.searchProducts,
    sampleShoppers: (n) => parts.sample.draw(n),
  };
}
