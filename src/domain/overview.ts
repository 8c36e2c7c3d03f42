import type { ActionType } from "./interaction.js";
import type { RecommendationSource } from "./recommendation.js";

/** What the engine gets to know and what it answers, to be looked at. */
export interface Overview extends ListPerformance {
  readonly arrivals: readonly Arrivals[];
}

/** The events of one action that came in one minute. */
export interface Arrivals {
  /** When the minute began. */
  readonly minute: Date;
  readonly action: ActionType;
  readonly nEvents: number;
}

/** What one process has answered since it started. */
export interface ListPerformance {
  readonly since: Date;
  readonly listsBySource: ReadonlyMap<RecommendationSource, number>;
  readonly latency: Latency;
}

/** How long batches of lists took. */
export interface Latency {
  readonly nBatches: number;
  /** By time, shortest first; the last one has no end. */
  readonly buckets: readonly LatencyBucket[];
}

export interface LatencyBucket {
  /** Seconds; Infinity for the last. */
  readonly upTo: number;
  readonly nBatches: number;
}

/** A product as the shop's tables have it, for people. */
export interface KnownProduct {
  readonly productId: string;
  readonly name: string | null;
  readonly category: string | null;
  readonly brand: string | null;
  readonly price: number | null;
  readonly stock: number | null;
  /** Known to the catalogue, available and not deleted. */
  readonly isSold: boolean;
}

/** What can be looked up of the shop besides lists. */
export interface ShopView {
  /** Events of the last minutes by minute and action, oldest first; imports of files are left aside. */
  arrivals(minutes: number): Promise<readonly Arrivals[]>;
  /** The known ones among these products, in any order. */
  productsOf(productIds: readonly string[]): Promise<readonly KnownProduct[]>;
  /** At most so many products: the one of that id first, then those whose names contain every word. */
  searchProducts(words: string, most: number): Promise<readonly KnownProduct[]>;
}

/**
 * The time within which a share (0 … 1) of the batches ended, in seconds, as if those of a bucket were spread evenly over
 * it; null where there were none. Where the answer lies in the last bucket, its beginning.
 */
export function latencyQuantile({ nBatches, buckets }: Latency, share: number): number | null {
  if (nBatches === 0) return null;
  const wanted = share * nBatches;
  let [below, from] = [0, 0];
  for (const { upTo, nBatches: n } of buckets) {
    if (n > 0 && below + n >= wanted) return upTo === Infinity ? from : from + ((upTo - from) * (wanted - below)) / n;
    below += n;
    if (upTo !== Infinity) from = upTo;
  }
  return from;
}
