/**
 * Everything the console asks of the engine. The result types say what the selections give; a test validates every
 * operation against graphql/schema.graphql.
 */
export interface Operation<Result, Variables> {
  readonly text: string;
  /** Never set: it carries the types from here to where the answer is read. */
  readonly typed?: (variables: Variables) => Result;
}

/** Variables of an operation that has none. */
export type NoVariables = Record<string, never>;

function operation<Result, Variables = NoVariables>(text: string): Operation<Result, Variables> {
  return { text };
}

export type SettingValue = number | boolean | string;

export interface Setting {
  readonly name: string;
  readonly type: "NUMBER" | "BOOLEAN" | "TEXT";
  readonly min: number | null;
  readonly max: number | null;
  readonly format: string | null;
  readonly default: SettingValue;
  readonly value: SettingValue;
  readonly help: string;
  readonly effect: "AT_ONCE" | "AT_THE_NEXT_TRAINING";
}

export interface Settings {
  readonly version: number;
  readonly settings: readonly Setting[];
}

export interface SettingsVersion {
  readonly version: number;
  readonly changedAt: string;
  readonly changedBy: string | null;
  readonly door: "GRAPHQL" | "KAFKA" | "SCHEDULE";
  readonly isVerified: boolean;
  readonly reason: string | null;
  readonly changes: readonly { readonly name: string; readonly from: SettingValue; readonly to: SettingValue }[];
}

export interface ModelQuality {
  readonly ndcg: number;
  readonly recall: number;
}

export interface Model {
  readonly version: number;
  readonly status: "ACTIVE" | "RETIRED" | "REFUSED";
  readonly isPinned: boolean;
  readonly createdAt: string;
  readonly bytes: number;
  readonly comparison: {
    readonly comparedBy: string;
    readonly lists: number;
    readonly candidate: ModelQuality | null;
    readonly served: ModelQuality | null;
    readonly popularity: ModelQuality | null;
    readonly requiredRatio: number;
    readonly isAccepted: boolean;
    readonly losesToPopularity: boolean;
  } | null;
}

export interface TrainingRun {
  readonly id: number;
  readonly status: "QUEUED" | "RUNNING" | "SUCCEEDED" | "REFUSED" | "FAILED" | "CANCELLED";
  readonly reason: string;
  readonly requestedBy: string | null;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly stage: string | null;
  readonly progress: number | null;
  readonly cancelRequested: boolean;
  readonly attempt: number;
  readonly modelVersion: number | null;
  readonly error: string | null;
}

export interface Overview {
  readonly countedSince: string;
  readonly arrivals: readonly { readonly minute: string; readonly action: string; readonly events: number }[];
  readonly lists: readonly { readonly source: string; readonly lists: number }[];
  readonly latency: {
    readonly batches: number;
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
    readonly p99Ms: number | null;
    readonly buckets: readonly { readonly upToMs: number | null; readonly batches: number }[];
  };
}

export interface KnownProduct {
  readonly id: string;
  readonly name: string | null;
  readonly category: string | null;
  readonly brand: string | null;
  readonly price: number | null;
  readonly stock: number | null;
  readonly isSold: boolean;
}

export interface Reference {
  readonly id: string;
}

export interface Invalid {
  readonly __typename: "InvalidInput";
  readonly field: string;
  readonly message: string;
}

const INVALID = "... on InvalidInput { field message }";
const SETTINGS = "version settings { name type min max format default value help effect }";
const VERSION = "version changedAt changedBy door isVerified reason changes { name from to }";
const RUN =
  "id status reason requestedBy requestedAt startedAt finishedAt stage progress cancelRequested attempt modelVersion error";
const MODEL = `version status isPinned createdAt bytes comparison { comparedBy lists requiredRatio isAccepted losesToPopularity
  candidate { ndcg recall } served { ndcg recall } popularity { ndcg recall } }`;

/** The least that only an administrator is told: whether a token opens the console. */
export const CHECK_TOKEN = operation<{ recommendationSettings: { version: number } }>(
  "query CheckToken { recommendationSettings { version } }",
);

export const OVERVIEW = operation<
  {
    recommendationOverview: Overview;
    recommendationModels: readonly Model[];
    recommendationSettingsHistory: readonly SettingsVersion[];
    recommendationTrainingRuns: readonly TrainingRun[];
  },
  { minutes: number }
>(`query Overview($minutes: Int!) {
  recommendationOverview(minutes: $minutes) {
    countedSince arrivals { minute action events } lists { source lists }
    latency { batches p50Ms p95Ms p99Ms buckets { upToMs batches } }
  }
  recommendationModels(first: 20) { ${MODEL} }
  recommendationSettingsHistory(first: 5) { ${VERSION} }
  recommendationTrainingRuns(first: 1) { ${RUN} }
}`);

export const READ_SETTINGS = operation<{ recommendationSettings: Settings }>(
  `query ReadSettings { recommendationSettings { ${SETTINGS} } }`,
);

export interface AskedChange {
  readonly name: string;
  readonly value: SettingValue | null;
}

export type SettingsResult =
  | {
      readonly __typename: "UpdateRecommendationSettingsSuccess";
      readonly settings: Settings;
      readonly change: SettingsVersion;
    }
  | { readonly __typename: "VersionConflict"; readonly message: string; readonly current: Settings }
  | Invalid;

const SETTINGS_RESULT = `__typename ${INVALID}
  ... on UpdateRecommendationSettingsSuccess { settings { ${SETTINGS} } change { ${VERSION} } }
  ... on VersionConflict { message current { ${SETTINGS} } }`;

export const UPDATE_SETTINGS = operation<
  { updateRecommendationSettings: SettingsResult },
  { input: { changes: readonly AskedChange[]; expectedVersion: number; reason: string | null } }
>(`mutation UpdateSettings($input: UpdateRecommendationSettingsInput!) {
  updateRecommendationSettings(input: $input) { ${SETTINGS_RESULT} }
}`);

export const ROLL_BACK = operation<
  { rollbackRecommendationSettings: SettingsResult },
  { version: number; reason: string | null }
>(`mutation RollBack($version: Int!, $reason: String) {
  rollbackRecommendationSettings(version: $version, reason: $reason) { ${SETTINGS_RESULT} }
}`);

export const HISTORY = operation<
  { recommendationSettingsHistory: readonly SettingsVersion[] },
  { after: number | null }
>(`query History($after: Int) { recommendationSettingsHistory(first: 30, after: $after) { ${VERSION} } }`);

export interface PreviewedProduct {
  readonly node: Reference | null;
  readonly rank: number;
  readonly otherRank: number | null;
  readonly score: number;
  readonly reason: string;
}

export interface Quality {
  readonly ndcg: number;
  readonly recall: number;
  readonly hitRate: number;
}

export interface Preview {
  readonly __typename: "RecommendationSettingsPreview";
  readonly modelVersion: string | null;
  readonly lists: readonly {
    readonly sourceBefore: string;
    readonly sourceAfter: string;
    readonly before: readonly PreviewedProduct[];
    readonly after: readonly PreviewedProduct[];
  }[];
  readonly quality: { readonly lists: number; readonly before: Quality; readonly after: Quality } | null;
}

export const PREVIEW = operation<
  { previewRecommendationSettings: Preview | Invalid },
  { changes: readonly AskedChange[]; userIds: readonly string[]; productIds: readonly string[]; first: number }
>(`query Preview($changes: [RecommendationSettingChangeInput!]!, $userIds: [ID!], $productIds: [ID!], $first: Int) {
  previewRecommendationSettings(changes: $changes, userIds: $userIds, productIds: $productIds, first: $first) {
    __typename ${INVALID}
    ... on RecommendationSettingsPreview {
      modelVersion
      lists {
        sourceBefore sourceAfter
        before { node { id } rank otherRank score reason }
        after { node { id } rank otherRank score reason }
      }
      quality { lists before { ndcg recall hitRate } after { ndcg recall hitRate } }
    }
  }
}`);

export const PRODUCTS_OF = operation<{ recommendationProducts: readonly KnownProduct[] }, { ids: readonly string[] }>(
  `query ProductsOf($ids: [ID!]!) {
  recommendationProducts(ids: $ids) { id name category brand price stock isSold }
}`,
);

export const SEARCH_PRODUCTS = operation<
  { recommendationProducts: readonly KnownProduct[] },
  { search: string }
>(`query SearchProducts($search: String!) {
  recommendationProducts(search: $search, first: 12) { id name category brand price stock isSold }
}`);

/** To begin with: shoppers to look at, and what sells. */
export const SUBJECTS = operation<{
  recommendationShoppers: readonly Reference[];
  trendingProducts: { readonly nodes: readonly (Reference | null)[] } | null;
}>(`query Subjects { recommendationShoppers(first: 24) { id } trendingProducts(first: 12) { nodes { id } } }`);
