import type { ExplainingEngine } from "./explanation.js";
import type { HeldOutQuality } from "./modelComparison.js";
import type { Overview, ShopView } from "./overview.js";
import type { ListRequest, RecommendationList } from "./recommendation.js";
import type { SettingValues } from "./setting.js";

/** What the graph asks about lists on behalf of administrators; nothing is changed by it. */
export interface Insight extends ExplainingEngine, Pick<ShopView, "productsOf" | "searchProducts"> {
  preview(asked: AskedPreview): Promise<SettingsPreview | PreviewRefusal>;
  /** What came in these last minutes, and what this process has answered since it started. */
  overview(minutes: number): Promise<Overview>;
  /** Ids of so many shoppers, or of all when there are fewer. */
  sampleShoppers(n: number): Promise<readonly string[]>;
}

export interface AskedPreview {
  /** Neither names nor values have been checked; null asks for a default. */
  readonly changes: readonly { readonly name: string; readonly value: unknown }[];
  readonly userIds: readonly string[];
  readonly productIds: readonly string[];
  /** So many shoppers more, the same ones as long as the shop's events are the same. */
  readonly sample: number;
  /** How many products of each list. */
  readonly first: number;
}

/** Lists and their quality as they are, and as they would be. */
export interface SettingsPreview {
  readonly modelVersion: string | null;
  readonly lists: readonly PreviewedLists[];
  /** Null where the model was stored without held-out lists. */
  readonly quality: PreviewedQuality | null;
}

export interface PreviewedLists {
  readonly request: ListRequest;
  readonly before: RecommendationList;
  readonly after: RecommendationList;
}

export interface PreviewedQuality {
  readonly nLists: number;
  readonly before: JudgedQuality;
  readonly after: JudgedQuality;
}

/** Means over held-out lists, at 20. */
export interface JudgedQuality extends HeldOutQuality {
  /** Share of the lists that hold at least one right answer. */
  readonly hitRate: number;
}

export interface PreviewRefusal {
  readonly field: string;
  readonly message: string;
}

/** Lists under settings that need not hold. */
export interface TrialEngine {
  recommend(requests: readonly ListRequest[], settings: SettingValues): Promise<readonly RecommendationList[]>;
  readonly modelVersion: () => string | null;
}

/** Measures weights on what the served model was judged by when it was trained. */
export interface WeightJudge {
  /** One quality per settings, over the same lists; null where nothing was held out. */
  judge(settings: readonly SettingValues[]): Promise<{
    readonly nLists: number;
    readonly qualities: readonly JudgedQuality[];
  } | null>;
}

export interface ShopperSample {
  /** Ids of so many shoppers, or of all when there are fewer. Reads a bounded part of the interactions. */
  draw(n: number): Promise<readonly string[]>;
}
