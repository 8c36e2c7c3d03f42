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

export interface DeadLetterCount {
  readonly reason: string;
  readonly letters: number;
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
    recommendationDeadLetterCounts: readonly DeadLetterCount[];
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
  recommendationDeadLetterCounts { reason letters }
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

export const TRAININGS = operation<{
  recommendationTrainingRuns: readonly TrainingRun[];
  recommendationModels: readonly Model[];
}>(`query Trainings {
  recommendationTrainingRuns(first: 12) { ${RUN} }
  recommendationModels(first: 50) { ${MODEL} }
}`);

export const RETRAIN = operation<
  {
    retrainRecommendationModel:
      | {
          readonly __typename: "RetrainRecommendationModelSuccess";
          readonly isNew: boolean;
          readonly run: TrainingRun | null;
        }
      | Invalid;
  },
  { input: { idempotencyKey: string; reason: string | null } }
>(`mutation Retrain($input: RetrainRecommendationModelInput!) {
  retrainRecommendationModel(input: $input) {
    __typename ${INVALID} ... on RetrainRecommendationModelSuccess { isNew run { ${RUN} } }
  }
}`);

export const CANCEL_TRAINING = operation<
  { cancelRecommendationTraining: { readonly __typename: "CancelRecommendationTrainingSuccess" } | Invalid },
  { id: number }
>(`mutation CancelTraining($id: Int!) { cancelRecommendationTraining(id: $id) { __typename ${INVALID} } }`);

export const ACTIVATE = operation<
  { activateRecommendationModel: { readonly __typename: "ActivateRecommendationModelSuccess" } | Invalid },
  { input: { version: number; pin: boolean; reason: string | null } }
>(`mutation Activate($input: ActivateRecommendationModelInput!) {
  activateRecommendationModel(input: $input) { __typename ${INVALID} }
}`);

export interface Term {
  readonly signal: string;
  readonly weight: number;
  readonly gate: number;
  readonly value: number;
  readonly contribution: number;
}

export interface Edge {
  readonly rank: number;
  readonly movedFrom: number | null;
  readonly movedBy: string | null;
  readonly score: number;
  readonly reason: string;
  readonly node: Reference | null;
  readonly because: Reference | null;
  readonly breakdown: readonly Term[] | null;
}

export interface Connection {
  readonly source: string;
  readonly modelVersion: string | null;
  readonly edges: readonly Edge[];
}

const LIST = `source modelVersion edges {
  rank movedFrom movedBy score reason node { id } because { id }
  breakdown { signal weight gate value contribution }
}`;

export const SHOPPER_LISTS = operation<
  {
    _entities: readonly [{ readonly recommendations: Connection | null; readonly buyAgain: Connection | null } | null];
  },
  { id: readonly { readonly __typename: "User"; readonly id: string }[]; first: number }
>(`query ShopperLists($id: [_Any!]!, $first: Int) {
  _entities(representations: $id) { ... on User {
    recommendations(first: $first) { ${LIST} }
    buyAgain(first: $first) { ${LIST} }
  } }
}`);

export const PRODUCT_LISTS = operation<
  {
    _entities: readonly [
      {
        readonly recommendations: Connection | null;
        readonly similarProducts: Connection | null;
        readonly frequentlyBoughtTogether: Connection | null;
      } | null,
    ];
  },
  { id: readonly { readonly __typename: "Product"; readonly id: string }[]; first: number }
>(`query ProductLists($id: [_Any!]!, $first: Int) {
  _entities(representations: $id) { ... on Product {
    recommendations(first: $first) { ${LIST} }
    similarProducts(first: $first) { ${LIST} }
    frequentlyBoughtTogether(first: $first) { ${LIST} }
  } }
}`);

export interface Explanation {
  readonly isListed: boolean;
  readonly rank: number | null;
  readonly rankByScore: number | null;
  readonly movedBy: string | null;
  readonly rule: string | null;
  readonly absence: string | null;
  readonly absenceInWords: string | null;
  readonly source: string;
  readonly score: number | null;
  readonly reason: string | null;
  readonly because: Reference | null;
  readonly terms: readonly (Term & {
    readonly carriedBy: readonly { readonly share: number; readonly product: Reference | null }[];
  })[];
}

export const EXPLAIN = operation<
  { explainRecommendation: Explanation },
  { productId: string; userId: string | null; besideProductId: string | null; first: number }
>(`query Explain($productId: ID!, $userId: ID, $besideProductId: ID, $first: Int) {
  explainRecommendation(productId: $productId, userId: $userId, besideProductId: $besideProductId, first: $first) {
    isListed rank rankByScore movedBy rule absence absenceInWords source score reason because { id }
    terms { signal weight gate value contribution carriedBy { share product { id } } }
  }
}`);

export type RuleAction = "BOOST" | "BURY" | "PIN" | "EXCLUDE";

/** What a rule is, and what is sent of it: the engine's type and input have the same fields. */
export interface RuleInput {
  readonly id: string;
  readonly name: string;
  readonly action: RuleAction;
  readonly factor: number | null;
  readonly position: number | null;
  readonly placements: readonly string[] | null;
  readonly productIds: readonly string[] | null;
  readonly categories: readonly string[] | null;
  readonly tags: readonly string[] | null;
  readonly brands: readonly string[] | null;
  readonly minPrice: number | null;
  readonly maxPrice: number | null;
  readonly minStock: number | null;
  readonly maxStock: number | null;
  readonly sameCategory: boolean | null;
  readonly minPriceRatio: number | null;
  readonly maxPriceRatio: number | null;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

export interface Rule extends RuleInput {
  readonly isInForce: boolean;
}

const RULE = `id name action factor position placements productIds categories tags brands minPrice maxPrice minStock maxStock
  sameCategory minPriceRatio maxPriceRatio startsAt endsAt isInForce`;

export const RULES = operation<{ recommendationRules: readonly Rule[] }>(
  `query Rules { recommendationRules { ${RULE} } }`,
);

export const PUT_RULE = operation<
  {
    putRecommendationRule:
      | { readonly __typename: "PutRecommendationRuleSuccess"; readonly matchingProducts: number; readonly rule: Rule }
      | Invalid;
  },
  { input: RuleInput & { readonly reason: string | null }; dryRun: boolean }
>(`mutation PutRule($input: RecommendationRuleInput!, $dryRun: Boolean) {
  putRecommendationRule(input: $input, dryRun: $dryRun) {
    __typename ${INVALID} ... on PutRecommendationRuleSuccess { matchingProducts rule { ${RULE} } }
  }
}`);

export const DELETE_RULE = operation<
  { deleteRecommendationRule: { readonly __typename: "DeleteRecommendationRuleSuccess" } | Invalid },
  { id: string; reason: string | null }
>(`mutation DeleteRule($id: ID!, $reason: String) {
  deleteRecommendationRule(id: $id, reason: $reason) { __typename ${INVALID} }
}`);

export interface DeadLetter {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly sentAt: string;
  readonly receivedAt: string;
  readonly reason: string;
  readonly message: string;
  readonly key: string | null;
  readonly payload: string | null;
  readonly bytes: number;
}

export const DEAD_LETTERS = operation<
  { recommendationDeadLetters: readonly DeadLetter[]; recommendationDeadLetterCounts: readonly DeadLetterCount[] },
  { reason: string | null; after: number | null }
>(`query DeadLetters($reason: String, $after: Int) {
  recommendationDeadLetters(first: 50, reason: $reason, after: $after) {
    id topic partition offset sentAt receivedAt reason message key payload bytes
  }
  recommendationDeadLetterCounts { reason letters }
}`);

export const REPLAY = operation<
  {
    replayRecommendationDeadLetters: readonly {
      readonly id: number;
      readonly isBroughtIn: boolean;
      readonly why: string | null;
    }[];
  },
  { ids: readonly number[] }
>(`mutation Replay($ids: [Int!]!) { replayRecommendationDeadLetters(ids: $ids) { id isBroughtIn why } }`);
