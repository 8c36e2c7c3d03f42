import type { Placement } from "../domain/recommendation.js";

interface ListFieldShape {
  /** Stored in cursors: append only. */
  readonly code: number;
  readonly placement: Placement;
  /** How many products come when `first` is absent or null; the SDL says the same. */
  readonly defaultFirst: number;
  /** True when the list is the same for every caller. */
  readonly isPublic: boolean;
}

/** Every field of the graph that returns a list of products. */
export const LIST_FIELDS = {
  "User.recommendations": { code: 1, placement: "user", defaultFirst: 10, isPublic: false },
  "Product.similarProducts": { code: 2, placement: "similar", defaultFirst: 10, isPublic: true },
  "Product.frequentlyBoughtTogether": { code: 3, placement: "boughtTogether", defaultFirst: 4, isPublic: true },
  "Product.recommendations": { code: 4, placement: "product", defaultFirst: 10, isPublic: true },
  "Query.trendingProducts": { code: 5, placement: "trending", defaultFirst: 10, isPublic: true },
  "Query.sessionRecommendations": { code: 6, placement: "session", defaultFirst: 10, isPublic: false },
  "User.buyAgain": { code: 7, placement: "buyAgain", defaultFirst: 10, isPublic: false },
} as const satisfies Record<string, ListFieldShape>;

export type ListField = keyof typeof LIST_FIELDS;
