import type { ProductAttributes } from "./signal.js";

/** How much a term of each field counts. */
const FIELD_WEIGHT = { name: 1, category: 1, tag: 1, brand: 0.7, description: 0.3, price: 0.3 } as const;

const WORD = /[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)*/gu;

/**
 * The terms a product is described by, each once, with the weight of its field. A term carries its field's mark, so
 * that the word "red" in a name and the tag "red" stay apart.
 */
export function attributeTerms(product: ProductAttributes): Map<string, number> {
  const terms = new Map<string, number>();
  const add = (mark: string, text: string, weight: number) => terms.set(mark + text, weight);
  for (const word of words(product.description)) add("n:", word, FIELD_WEIGHT.description);
  for (const word of words(product.name)) add("n:", word, FIELD_WEIGHT.name);
  for (const path of shelvesOf(product.category)) add("c:", path, FIELD_WEIGHT.category);
  for (const tag of product.tags) add("t:", tag.toLowerCase(), FIELD_WEIGHT.tag);
  if (product.brand) add("b:", product.brand.toLowerCase(), FIELD_WEIGHT.brand);
  if (product.price !== null && product.price > 0) add("p:", String(priceBucket(product.price)), FIELD_WEIGHT.price);
  return terms;
}

/** Lower-case words without a plural s: "HOLDERS" and "holder" are one word. Single letters say nothing. */
function words(text: string | null): string[] {
  if (text === null) return [];
  const found = text.toLowerCase().match(WORD) ?? [];
  return found.filter((word) => word.length > 1).map(withoutPlural);
}

function withoutPlural(word: string): string {
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

/**
 * "Home > Kitchen > Mugs" gives the path at every depth, so that near shelves are more alike than far ones; however it is
 * written: in any case, with > or / or |.
 */
export function shelvesOf(category: string | null): string[] {
  if (category === null) return [];
  const parts = category
    .toLowerCase()
    .split(/\s*[>/|]\s*/)
    .filter(Boolean);
  return parts.map((_, depth) => parts.slice(0, depth + 1).join(">"));
}

/** Two buckets for each doubling of the price. */
function priceBucket(price: number): number {
  return Math.round(2 * Math.log2(price));
}
