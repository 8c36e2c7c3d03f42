import { RecommenderError } from "../domain/errors.js";
import type { StoredProduct } from "../domain/product.js";

/** The products to rank, out of those that a file names. */
export interface Candidates {
  readonly known: ReadonlySet<string>;
  /** Ids that no product of the shop has, such as a header's; they count for nothing. */
  readonly unknown: readonly string[];
}

/** @throws RecommenderError INVALID_INPUT when the shop has none of them */
export function knownCandidates(products: readonly StoredProduct[], named: ReadonlySet<string>): Candidates {
  const ofShop = new Set(products.map(({ productId }) => productId));
  const known = new Set([...named].filter((productId) => ofShop.has(productId)));
  const unknown = [...named].filter((productId) => !ofShop.has(productId));
  if (known.size > 0) return { known, unknown };
  const found = `none of the ${named.size} named ones (${quoteSome(unknown)})`;
  const message = `Cannot rank the candidates: products of the shop's files are required, found ${found}`;
  throw new RecommenderError("INVALID_INPUT", message, { nCandidates: named.size });
}

/** Hidden products stay in histories and in what was learned; they only cannot be listed. */
export function onlyCandidates(products: readonly StoredProduct[], known: ReadonlySet<string>): StoredProduct[] {
  return products.map((product) => (known.has(product.productId) ? product : { ...product, isAvailable: false }));
}

const MOST_QUOTED = 3;

/** The first few ids, for messages. */
export function quoteSome(ids: readonly string[]): string {
  const quoted = ids.slice(0, MOST_QUOTED).map((id) => JSON.stringify(id));
  return [...quoted, ...(ids.length > MOST_QUOTED ? ["…"] : [])].join(", ");
}
