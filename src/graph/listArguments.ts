import { idProblem } from "../domain/ids.js";
import {
  NO_FILTER,
  type RecommendationContext,
  type RecommendationFilter,
  type SimilarityStrategy,
} from "../domain/recommendation.js";
import { badUserInput } from "./errors.js";
import { LIST_FIELDS, type ListField } from "./listFields.js";

/** Most products of one list. */
export const MAX_FIRST = 100;
/** Most products a filter leaves out. */
export const MAX_EXCLUDED = 500;
/** Most categories a filter names. */
export const MAX_CATEGORIES = 50;
/** Most products viewed, and most in the cart, of a context. */
export const MAX_CONTEXT_PRODUCTS = 100;

interface RawFilter {
  readonly categories?: readonly string[] | null;
  readonly excludeProductIds?: readonly string[] | null;
  readonly minPrice?: number | null;
  readonly maxPrice?: number | null;
}

interface RawContext {
  readonly placement?: string | null;
  readonly sessionId?: string | null;
  readonly viewedProductIds?: readonly string[] | null;
  readonly cartProductIds?: readonly string[] | null;
}

/** Arguments as graphql-js hands them over: types checked, meaning not. */
export interface RawListArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly strategy?: SimilarityStrategy | null;
  readonly filter?: RawFilter | null;
  readonly context?: RawContext | null;
  readonly category?: string | null;
}

/** Arguments that have been checked; null means the default has been taken. */
export interface ListArguments {
  readonly first: number;
  readonly after: string | null;
  readonly strategy: SimilarityStrategy;
  readonly filter: RecommendationFilter;
  readonly context: RecommendationContext | null;
  /** True when the list stands beside the cart, where what goes with it is wanted. */
  readonly isAtCart: boolean;
  /** Says what is ranked: equal for equal strategy, filter and context, whatever `first` and `after` are. */
  readonly key: string;
}

/**
 * Check a list's arguments and fill in defaults.
 *
 * @throws GraphQLError BAD_USER_INPUT naming the argument, what is required and what was found
 */
export function readListArguments(field: ListField, raw: RawListArguments): ListArguments {
  const first = readFirst(raw.first ?? LIST_FIELDS[field].defaultFirst);
  const strategy = raw.strategy ?? "AUTO";
  const filter = readOnce(filters, raw.filter, readFilter) ?? categoryFilter(raw.category) ?? PLAIN_FILTER;
  const context = readOnce(contexts, raw.context, readContext);
  return {
    first,
    after: raw.after ?? null,
    strategy,
    filter: filter.value,
    context: context?.value.context ?? null,
    isAtCart: context?.value.placement === CART,
    key: `${strategy}\n${filter.key}\n${context?.key ?? ""}`,
  };
}

interface Checked<T> {
  readonly value: T;
  readonly key: string;
}

const PLAIN_FILTER: Checked<RecommendationFilter> = { value: NO_FILTER, key: "" };

// A variable reaches all entities of a request as one object: it is checked once, not once for each of 500 entities.
const filters = new WeakMap<RawFilter, Checked<RecommendationFilter>>();
const contexts = new WeakMap<RawContext, Checked<PlacedContext>>();

function readOnce<Raw extends object, T>(
  seen: WeakMap<Raw, Checked<T>>,
  raw: Raw | null | undefined,
  read: (raw: Raw) => T,
): Checked<T> | null {
  if (raw === null || raw === undefined) return null;
  const known = seen.get(raw);
  if (known !== undefined) return known;
  const value = read(raw);
  const checked = { value, key: JSON.stringify(value) };
  seen.set(raw, checked);
  return checked;
}

function readFirst(first: number): number {
  if (first >= 1 && first <= MAX_FIRST) return first;
  throw badUserInput(`Cannot list products: first from 1 to ${MAX_FIRST} is required, found ${first}`);
}

function categoryFilter(category: string | null | undefined): Checked<RecommendationFilter> | null {
  if (category === null || category === undefined) return null;
  const categories = readTexts("category", [category], 1);
  return { value: { ...NO_FILTER, categories }, key: JSON.stringify(categories) };
}

function readFilter(raw: RawFilter): RecommendationFilter {
  const categories = readTexts("filter.categories", raw.categories, MAX_CATEGORIES);
  const minPrice = readPrice("filter.minPrice", raw.minPrice);
  const maxPrice = readPrice("filter.maxPrice", raw.maxPrice);
  if (minPrice !== null && maxPrice !== null && minPrice > maxPrice) {
    const found = `${minPrice} and ${maxPrice}`;
    throw badUserInput(`Cannot filter products: minPrice not above maxPrice is required, found ${found}`);
  }
  const excludeProductIds = readTexts("filter.excludeProductIds", raw.excludeProductIds, MAX_EXCLUDED);
  return { categories: categories.length === 0 ? null : categories, excludeProductIds, minPrice, maxPrice };
}

/** The one name of a place that changes what is ranked. */
const CART = "cart";

interface PlacedContext {
  readonly placement: string | null;
  readonly context: RecommendationContext;
}

function readContext(raw: RawContext): PlacedContext {
  return {
    placement: readText("context.placement", raw.placement),
    context: {
      viewedProductIds: readTexts("context.viewedProductIds", raw.viewedProductIds, MAX_CONTEXT_PRODUCTS, "in order"),
      cartProductIds: readTexts("context.cartProductIds", raw.cartProductIds, MAX_CONTEXT_PRODUCTS, "in order"),
      sessionId: readText("context.sessionId", raw.sessionId),
    },
  };
}

function readText(name: string, text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : readTexts(name, [text], 1)[0];
}

/** Ids and categories follow one rule. Order says nothing in a filter, so there it is made the same for equal sets. */
function readTexts(
  name: string,
  texts: readonly string[] | null | undefined,
  most: number,
  order: "sorted" | "in order" = "sorted",
): readonly string[] {
  if (texts === null || texts === undefined) return [];
  if (texts.length > most) {
    throw badUserInput(`Cannot list products: at most ${most} in ${name} is required, found ${texts.length}`);
  }
  for (let i = 0; i < texts.length; i++) {
    const problem = idProblem(texts[i]);
    if (problem === null) continue;
    throw badUserInput(`Cannot list products: a valid text is required in ${name}, found at ${i} one that ${problem}`);
  }
  return order === "sorted" ? [...new Set(texts)].sort() : texts;
}

function readPrice(name: string, price: number | null | undefined): number | null {
  if (price === null || price === undefined) return null;
  // The literal 1e999 reaches a resolver as Infinity.
  if (Number.isFinite(price) && price >= 0) return price;
  throw badUserInput(`Cannot filter products: a finite ${name} of at least 0 is required, found ${price}`);
}
