import type { ListRequest, RecommendationSource, RecommendedProduct, SignalTerm } from "./recommendation.js";

/** Why a product is not in a list, the first that applies in this order. */
export const ABSENCES = [
  "UNKNOWN",
  "DELETED",
  "UNAVAILABLE",
  "NOT_IN_CATALOGUE",
  "IS_THE_SUBJECT",
  "EXCLUDED_BY_CALLER",
  "IN_CART",
  "DISLIKED",
  "PURCHASED",
  "SEEN",
  "FILTERED",
  "EXCLUDED_BY_RULE",
  "NOT_PURCHASED",
  "NOT_PROPOSED",
  "BEYOND_THE_LIST",
] as const;
export type Absence = (typeof ABSENCES)[number];

/** The rule that gave a product another place than its score. */
export type Mover = "DIVERSITY" | "CAP" | "NEW_PRODUCTS" | "MERCHANDISING";

/** A product of the profile, and its share of what the profile said for the explained product. */
export interface Carrier {
  readonly productId: string;
  /** 0 … 1. */
  readonly share: number;
}

export interface ExplainedTerm extends SignalTerm {
  /** The profile's products that carried most of it, the strongest first; empty where no product did. */
  readonly carriers: readonly Carrier[];
}

/** Everything that decided about one product in one list. */
export interface Explanation {
  readonly productId: string;
  readonly source: RecommendationSource;
  readonly modelVersion: string | null;
  /** Its place in the list; null when it is not in it. */
  readonly rank: number | null;
  /** Its place by score alone; null when it has no score. */
  readonly rankByScore: number | null;
  readonly movedBy: Mover | null;
  /** The name of the merchandising rule that moved it, pushed it aside or keeps it out. */
  readonly rule: string | null;
  readonly absence: Absence | null;
  /** Its score with reason; null when it has none. */
  readonly scored: Pick<RecommendedProduct, "score" | "reason" | "because"> | null;
  /** The terms, which sum to the score; empty without one. */
  readonly terms: readonly ExplainedTerm[];
}

/** Explains what the engine does, by doing the same. */
export interface ExplainingEngine {
  explain(request: ListRequest, productId: string): Promise<Explanation>;
}
