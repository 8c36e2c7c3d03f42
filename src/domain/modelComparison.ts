/** How good lists are at naming what shoppers chose next, as means over held-out questions. */
export interface HeldOutQuality {
  /** NDCG@20. */
  readonly ndcg: number;
  /** Recall@20. */
  readonly recall: number;
}

/**
 * What a candidate was measured against.
 *
 * - "newer events": the served model itself, on choices newer than everything it learned from
 * - "recipe refitted": the served model's parameters and gates, fitted again to the part before the slice
 * - "no model": nothing serves yet
 * - "unreadable model": the active model's bytes cannot be read, so anything that can be is better
 * - "nothing held out": no shopper has two choices to part
 */
export type ComparisonKind = "newer events" | "recipe refitted" | "no model" | "unreadable model" | "nothing held out";

/** How a candidate did against the model that served when it was trained. */
export interface ModelComparison {
  readonly kind: ComparisonKind;
  /** Held-out questions that were asked of all three. */
  readonly nLists: number;
  readonly candidate: HeldOutQuality | null;
  readonly served: (HeldOutQuality & { readonly version: number }) | null;
  /** The most popular products for everybody. */
  readonly popularity: HeldOutQuality | null;
  /** The candidate's NDCG has to be at least this share of the served model's. */
  readonly requiredRatio: number;
  readonly isAccepted: boolean;
  /** True when the candidate is worse than the most popular products: something is wrong with the data or the training. */
  readonly losesToPopularity: boolean;
}
