/**
 * What shoppers did, dense and column by column: the input of every signal that learns from behaviour.
 * The interactions of one shopper stand together, oldest first; those of unknown time stand before all others.
 */
export interface InteractionLog {
  readonly nShoppers: number;
  readonly nProducts: number;
  /** Length nShoppers + 1; shopper u holds rows start[u] … start[u + 1] − 1. */
  readonly start: Int32Array;
  /** What a model may carry of each shopper (see domain/shopperKey), KEY_LENGTH numbers a shopper. */
  readonly shopperKey: Int32Array;
  readonly product: Int32Array;
  /** Action codes (see ACTION_TYPES). */
  readonly action: Uint8Array;
  /** What the interaction says of the shopper's liking; ≤ 0 is not a choice. */
  readonly weight: Float32Array;
  /** Quantity or rating; NaN when unknown. */
  readonly value: Float32Array;
  /** Milliseconds since 1970; NaN when unknown. */
  readonly timeMs: Float64Array;
  /** Number of the order the interaction belongs to, −1 when it belongs to none. */
  readonly basket: Int32Array;
  readonly nBaskets: number;
  /** Time of the newest interaction; NaN when no time is known. Every age counts from here. */
  readonly newestMs: number;
}

/** Distinct products per shopper (CSR over shoppers), and how many shoppers chose each product. */
export interface Choices {
  readonly start: Int32Array;
  readonly product: Int32Array;
  /** Shoppers per product, length nProducts. */
  readonly popularity: Float32Array;
}

/** Longest history that enters co-occurrence: pairs grow with its square, and a longer one is a robot or a reseller. */
export const MAX_CHOICES_PER_SHOPPER = 2000;

/** The distinct products each shopper chose (weight > 0), newest kept where a history is too long. Cost: one pass. */
export function distinctChoices(log: InteractionLog): Choices {
  const start = new Int32Array(log.nShoppers + 1);
  const product = new Int32Array(log.product.length);
  const popularity = new Float32Array(log.nProducts);
  const lastSeenBy = new Int32Array(log.nProducts).fill(-1);
  let n = 0;
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    const first = n;
    for (let row = log.start[shopper + 1] - 1; row >= log.start[shopper]; row--) {
      const chosen = log.product[row];
      if (log.weight[row] <= 0 || lastSeenBy[chosen] === shopper) continue;
      lastSeenBy[chosen] = shopper;
      popularity[chosen]++;
      if (n - first < MAX_CHOICES_PER_SHOPPER) product[n++] = chosen;
    }
    start[shopper + 1] = n;
  }
  return { start, product: product.slice(0, n), popularity };
}
