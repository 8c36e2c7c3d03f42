/** A product as the catalogue describes it. Absent attributes are null or empty. */
export interface Product {
  readonly productId: string;
  readonly name: string | null;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly price: number | null;
  readonly description: string | null;
  readonly brand: string | null;
  readonly imageUrl: string | null;
  /** How many are left, null when nobody counts them. */
  readonly stock: number | null;
  readonly isAvailable: boolean;
}

/** What a new product is as far as nobody has said anything of it. */
export const NEW_PRODUCT: Omit<Product, "productId"> = {
  name: null,
  category: null,
  tags: [],
  price: null,
  description: null,
  brand: null,
  imageUrl: null,
  stock: null,
  isAvailable: true,
};

/**
 * What a catalogue says of a product: an attribute that it does not name (has no key for) stays as it is, or as
 * `NEW_PRODUCT` has it; null or an empty list clears one. Whether it is available is said, or null and left to the stock.
 */
export type ProductChange = Pick<Product, "productId"> &
  Partial<Omit<Product, "productId" | "isAvailable"> & { readonly isAvailable: boolean | null }>;

/** What a message of the catalogue says of a product, and how it stands among the other messages. */
export interface ProductUpdate {
  readonly change: ProductChange;
  readonly isDeleted: boolean;
  /**
   * Only a higher one than the stored changes anything: microseconds since 1970, or the sender's own count. Null for a
   * message without a body, which deletes by `sentAtMs` alone.
   */
  readonly version: number | null;
  /** When the message was sent as far as the broker knows; orders deletions without a body among the others. */
  readonly sentAtMs: number | null;
}

/** Whether a product can be sold: what was said of it, or else whether any is left. */
export function isSellable(said: boolean | null | undefined, stock: number | null | undefined): boolean {
  return said ?? (stock == null || stock > 0);
}

/**
 * Both changes as one. Stock that is told later without a word on availability decides again, except for a product that
 * was said to be unavailable.
 */
export function mergeProductChanges(earlier: ProductChange | undefined, later: ProductChange): ProductChange {
  const merged = { ...earlier, ...later };
  const isForStock = later.stock !== undefined && later.isAvailable === undefined && merged.isAvailable === true;
  return isForStock ? { ...merged, isAvailable: null } : merged;
}

/** A product row as stored: what the catalogue says and what the store knows about it. */
export interface StoredProduct extends Product {
  /** Dense number given by the store at first sight; interactions refer to it. Never a tie-break, never a feature. */
  readonly productNo: number;
  /** True when only events have named it: it is recommendable only while the shop has no catalogue at all. */
  readonly isStub: boolean;
  readonly isDeleted: boolean;
  readonly addedAtMs: number;
}

/** Whether the one tells nothing of a product that the other does not. */
export function isSameProduct(a: StoredProduct, b: StoredProduct): boolean {
  const { tags, ...scalars } = a;
  const names = Object.keys(scalars) as (keyof typeof scalars)[];
  return (
    names.every((name) => a[name] === b[name]) &&
    tags.length === b.tags.length &&
    tags.every((tag, position) => tag === b.tags[position])
  );
}
