/** How a part of the log was held out to learn what pays. */
export type SliceKind = "time" | "lastEvent" | "sessionPrefix" | "randomFifth";

/** One question of the slice: what would this shopper choose next? */
export interface HeldOutCase {
  readonly shopper: number;
  /** Rows of the log the profile is made of, oldest first. */
  readonly visible: Int32Array;
  /** Distinct products chosen in the held-out part; at least one. */
  readonly targets: Int32Array;
  /** When the first of them was chosen; NaN when any of their times is unknown. */
  readonly chosenFromMs: number;
}

export interface Slice {
  readonly kind: SliceKind;
  /** 1 for every row that signals must not learn from. */
  readonly isHidden: Uint8Array;
  readonly cases: readonly HeldOutCase[];
  /** The counts that decided, for the model's header. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface SliceRules {
  /** What a list may not hold decides what can be a right answer. */
  readonly excludesPurchased: boolean;
  readonly excludesSeen: boolean;
  /** Most cases; more are thinned by a hash of the shopper, so which ones remain does not depend on order. */
  readonly maxCases: number;
}
