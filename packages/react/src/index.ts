export { askAnew } from "./askAnew.js";
export { recommendationTypePolicies } from "./cache.js";
export type {
  Interaction,
  InteractionAction,
  RecommendationContext,
  RecommendationFilter,
  RecommendationReason,
  RecommendationSource,
  RecordInteractionsResult,
  Shopper,
  SimilarityStrategy,
} from "./contract.js";
export { type ListQuery, type RecommendationDocuments, recommendationDocuments } from "./documents.js";
export {
  createRecommendationHooks,
  type ListOptions,
  type Recommendation,
  type RecommendationHooks,
  type RecommendationList,
} from "./hooks.js";
export { RECORD_INTERACTIONS, type RecordInteraction, useRecordInteraction } from "./record.js";
