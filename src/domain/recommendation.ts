import type { SignalName } from "./setting.js";

/** The rung of the ladder that answered; every list says it. */
export const RECOMMENDATION_SOURCES = [
  "PERSONALIZED",
  "SESSION",
  "ITEM_TO_ITEM",
  "FALLBACK_TRENDING",
  "FALLBACK_POPULAR",
  "FALLBACK_CATALOG",
] as const;
export type RecommendationSource = (typeof RECOMMENDATION_SOURCES)[number];

/** Why a shopper sees a product: the largest term of its score, in the shopper's words. */
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

/** Where a list stands, which decides its profile and the signals that count. */
export const PLACEMENTS = [
  "user",
  "session",
  "cart",
  "buyAgain",
  "product",
  "similar",
  "boughtTogether",
  "trending",
] as const;
export type Placement = (typeof PLACEMENTS)[number];

/** Lists for somebody, made from what they did; the others are made from a product or from nothing. */
export function isForShopper(placement: Placement): boolean {
  return placement === "user" || placement === "session" || placement === "cart" || placement === "buyAgain";
}

export interface RecommendationFilter {
  readonly categories: readonly string[] | null;
  readonly excludeProductIds: readonly string[];
  readonly minPrice: number | null;
  readonly maxPrice: number | null;
}

/** What the shopper is doing right now; it joins the stored profile. */
export interface RecommendationContext {
  readonly viewedProductIds: readonly string[];
  readonly cartProductIds: readonly string[];
  /** The visit: what is stored of it without a shopper joins the profile. Absent when there is none. */
  readonly sessionId?: string | null;
}

/** One list to compute. `subjectId` is a user id or a product id, or null for trending and for a visitor known by the context alone. */
export interface ListRequest {
  readonly placement: Placement;
  readonly subjectId: string | null;
  readonly first: number;
  readonly strategy: SimilarityStrategy;
  readonly filter: RecommendationFilter;
  readonly context: RecommendationContext | null;
  /** `hashId` of every product shown on earlier pages; they do not come again. */
  readonly shown: Uint32Array;
}

/** One term of a score: `contribution = weight · gate · value`, and the terms sum to the score. */
export interface SignalTerm {
  readonly signal: SignalName;
  readonly weight: number;
  readonly gate: number;
  readonly value: number;
  readonly contribution: number;
}

export interface RecommendedProduct {
  readonly productId: string;
  /** 1 is best; continues over pages. */
  readonly rank: number;
  /** The rank by score alone, where a rule moved the product: diversity, a cap, a place for new products, or merchandising. */
  readonly movedFrom?: number;
  /** The name of the merchandising rule that moved the product, pushed it aside, or holds it in its place. */
  readonly movedBy?: string;
  readonly score: number;
  readonly reason: RecommendationReason;
  /** The product of the profile that carried the largest term, or null (trending, popular, new). */
  readonly because: string | null;
  readonly terms: readonly SignalTerm[];
}

export interface RecommendationList {
  readonly products: readonly RecommendedProduct[];
  readonly hasNextPage: boolean;
  readonly source: RecommendationSource;
  readonly modelVersion: string | null;
}

/** Paging ends here: a ranking beyond it says nothing, and a cursor stays small. */
export const MAX_SHOWN = 300;

export const NO_FILTER: RecommendationFilter = {
  categories: null,
  excludeProductIds: [],
  minPrice: null,
  maxPrice: null,
};
