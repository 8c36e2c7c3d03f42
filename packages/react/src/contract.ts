/** The words of the subgraph's public schema that the hooks speak; graphql/schema.graphql describes each. */

export type RecommendationSource =
  | "PERSONALIZED"
  | "SESSION"
  | "ITEM_TO_ITEM"
  | "FALLBACK_TRENDING"
  | "FALLBACK_POPULAR"
  | "FALLBACK_CATALOG";

export type RecommendationReason =
  | "BECAUSE_YOU_BOUGHT"
  | "BECAUSE_YOU_VIEWED"
  | "IN_YOUR_CART"
  | "BOUGHT_TOGETHER"
  | "ALSO_CHOSEN"
  | "SIMILAR_CONTENT"
  | "BUY_AGAIN"
  | "TRENDING"
  | "POPULAR"
  | "NEW"
  | "PINNED";

export type SimilarityStrategy = "AUTO" | "CONTENT" | "BEHAVIOUR";

/** What the shopper or visitor is doing right now. */
export interface RecommendationContext {
  readonly placement?: string;
  readonly sessionId?: string;
  readonly viewedProductIds?: readonly string[];
  readonly cartProductIds?: readonly string[];
}

/** Which products may be in a list. */
export interface RecommendationFilter {
  readonly categories?: readonly string[];
  readonly excludeProductIds?: readonly string[];
  readonly minPrice?: number;
  readonly maxPrice?: number;
}

export type InteractionAction =
  | "VIEW"
  | "CLICK"
  | "ADD_TO_CART"
  | "REMOVE_FROM_CART"
  | "WISHLIST"
  | "PURCHASE"
  | "RATING"
  | "DISLIKE"
  | "RETURN";

/** Whose interactions are recorded: an account, a visit, or both once a visitor has logged in. */
export interface Shopper {
  readonly userId?: string;
  readonly sessionId?: string;
}

/** One thing a shopper does with one product. Time and event id are filled in where they are left out. */
export interface Interaction {
  readonly productId: string;
  readonly action: InteractionAction;
  readonly value?: number;
  readonly quantity?: number;
  readonly price?: number;
  readonly orderId?: string;
  readonly timestamp?: string;
  readonly eventId?: string;
}

/** What became of the recorded interactions. */
export interface RecordInteractionsResult {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly reason: string; readonly message: string }[];
}
