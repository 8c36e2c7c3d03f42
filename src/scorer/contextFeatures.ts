/**
 * What the gates may look at besides the signals' answers, per candidate. Product features are computed at training,
 * list features when a list is asked for. All are logarithms or flags, so that no shop's scale overwhelms them.
 */
export const CONTEXT_FEATURES = [
  /** ln(1 + shoppers who chose the product). */
  "popularity",
  /** ln of the trend ratio, half-life 7 days and 30 days; 0 where no time is known. */
  "trendShort",
  "trendLong",
  /** ln(1 + days) since the product's first and its newest interaction, counted from the shop's newest. */
  "age",
  "idle",
  /** 1 for a product that nobody has chosen yet. */
  "isNew",
  /** ln(1 + events) and ln(1 + distinct products) of the profile. */
  "nEvents",
  "nProducts",
  /** 1 when the product is in the profile already. */
  "isKnown",
] as const;

export type ContextFeature = (typeof CONTEXT_FEATURES)[number];
export const N_CONTEXT = CONTEXT_FEATURES.length;
