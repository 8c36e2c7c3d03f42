import { isRelative, type MerchandisingRule } from "../domain/merchandisingRule.js";
import { isForShopper, type ListRequest } from "../domain/recommendation.js";
import type { Catalogue } from "./catalogue.js";

/** A rule with its lists made ready to be asked; once per change of the rules, not once per list. */
export interface PreparedRule {
  readonly rule: MerchandisingRule;
  readonly productIds: ReadonlySet<string> | null;
  readonly tags: ReadonlySet<string> | null;
  readonly brands: ReadonlySet<string> | null;
}

export function prepareRule(rule: MerchandisingRule): PreparedRule {
  const { productIds, tags, brands } = rule;
  return { rule, productIds: productIds && new Set(productIds), tags: plainSet(tags), brands: plainSet(brands) };
}

/** A rule as one list asks it. */
export interface ListRule {
  readonly rule: MerchandisingRule;
  readonly matches: (product: number) => boolean;
}

/** The rules that act in one list. */
export interface Merchandise {
  readonly exclusions: readonly ListRule[];
  /** Boosts and buries. */
  readonly steers: readonly ListRule[];
  /** By position, then by id; only those whose place is on this page. */
  readonly pins: readonly ListRule[];
}

/** The rules that act in this list; null when none does. Cost: constant per rule. */
export function merchandiseOf(
  request: ListRequest,
  rules: readonly PreparedRule[],
  catalogue: Catalogue,
): Merchandise | null {
  if (rules.length === 0) return null;
  const viewed = viewedProduct(request, catalogue);
  const acting: ListRule[] = [];
  for (const prepared of rules) {
    const { rule } = prepared;
    if (rule.placements !== null && !rule.placements.includes(request.placement)) continue;
    const matches = matcherOf(prepared, viewed, catalogue);
    if (matches !== null) acting.push({ rule, matches });
  }
  if (acting.length === 0) return null;
  const isHere = (position: number) => request.shown.length === 0 && position <= request.first;
  return {
    exclusions: acting.filter(({ rule }) => rule.action === "exclude"),
    steers: acting.filter(({ rule }) => rule.factor !== null),
    pins: acting.filter(({ rule }) => rule.position !== null && isHere(rule.position)).sort(byPosition),
  };
}

/** Whether a list's products may stand elsewhere than their scores put them. */
export function movesProducts(merchandise: Merchandise | null): boolean {
  return merchandise !== null && merchandise.steers.length + merchandise.pins.length > 0;
}

/** How many products a rule is about that could be listed now; what it says of a viewed product is left aside. */
export function countMatches(rule: MerchandisingRule, catalogue: Catalogue): number {
  const absolute = { ...rule, sameCategory: null, minPriceRatio: null, maxPriceRatio: null };
  const matches = matcherOf(prepareRule(absolute), NOTHING_VIEWED, catalogue);
  let n = 0;
  for (let product = 0; product < catalogue.length; product++) {
    if (catalogue.isRecommendable(product) && matches?.(product)) n++;
  }
  return n;
}

const NOTHING_VIEWED = -1;

/** The product of the page, or else what the shopper has looked at last in this visit. */
function viewedProduct({ placement, subjectId, context }: ListRequest, catalogue: Catalogue): number {
  const id = isForShopper(placement) ? context?.viewedProductIds[0] : subjectId;
  return id == null ? NOTHING_VIEWED : catalogue.indexOf(id);
}

/** Says whether a rule is about a product; null where it speaks of a viewed product of which that is not known. */
function matcherOf(
  { rule, productIds, tags, brands }: PreparedRule,
  viewed: number,
  catalogue: Catalogue,
): ((product: number) => boolean) | null {
  const { category } = catalogue;
  const relative = isRelative(rule) ? relativeTo(viewed, rule, catalogue) : ANYTHING;
  if (relative === null) return null;
  const shelves = rule.categories && new Set(rule.categories.flatMap((name) => catalogue.categoriesUnder(name)));
  return (product) => {
    const stored = catalogue.storedProduct(product);
    if (stored === null || productIds?.has(stored.productId) === false) return false;
    if (shelves?.has(category[product]) === false) return false;
    if (relative.category !== null && category[product] !== relative.category) return false;
    if (brands !== null && (stored.brand === null || !brands.has(plain(stored.brand)))) return false;
    if (tags !== null && !stored.tags.some((tag) => tags.has(plain(tag)))) return false;
    return (
      isWithin(stored.stock, rule.minStock, rule.maxStock) &&
      isWithin(stored.price, rule.minPrice, rule.maxPrice) &&
      isWithin(stored.price, relative.minPrice, relative.maxPrice)
    );
  };
}

const ANYTHING = { category: null, minPrice: null, maxPrice: null };

function relativeTo(viewed: number, rule: MerchandisingRule, catalogue: Catalogue) {
  const { sameCategory, minPriceRatio, maxPriceRatio } = rule;
  const asksPrice = minPriceRatio !== null || maxPriceRatio !== null;
  const category = viewed < 0 ? -1 : catalogue.category[viewed];
  const price = viewed < 0 ? Number.NaN : catalogue.price[viewed];
  if ((sameCategory === true && category < 0) || (asksPrice && Number.isNaN(price))) return null;
  return {
    category: sameCategory === true ? category : null,
    minPrice: minPriceRatio === null ? null : minPriceRatio * price,
    maxPrice: maxPriceRatio === null ? null : maxPriceRatio * price,
  };
}

/** What nobody has told lies within no bounds. */
function isWithin(value: number | null, least: number | null, most: number | null): boolean {
  if (least === null && most === null) return true;
  return value !== null && value >= (least ?? value) && value <= (most ?? value);
}

/** Products that pins bring into a list though no signal proposed them: of each pin the first that may be listed. */
export function pinnedProducts(
  { pins }: Merchandise,
  mayBeListed: (product: number) => boolean,
  catalogue: Catalogue,
): number[] {
  const products: number[] = [];
  for (const { rule, matches } of pins) {
    const isFree = (product: number) => mayBeListed(product) && !products.includes(product);
    const indexes = (rule.productIds ?? []).map((id) => catalogue.indexOf(id));
    const first = indexes.find((product) => product >= 0 && isFree(product) && matches(product));
    if (first !== undefined) products.push(first);
  }
  return products;
}

/** What boosts and buries make of scores: the number to rank by, and which rule moves a row the most. */
export interface Steering {
  readonly worth: Float32Array;
  readonly factor: Float64Array;
  readonly by: readonly (string | null)[];
}

/** However many rules agree: what is ranked stays a number. */
const MOST_STEERING = 1e4;

/**
 * A row is ranked by score · factor, factors of several rules multiplied; a score below zero is divided, so that a boost
 * raises it, too. Rows of equal worth, such as those that no signal has scored, rank by their factor.
 */
export function steer(steers: readonly ListRule[], index: readonly number[], score: Float32Array): Steering {
  const factor = new Float64Array(index.length).fill(1);
  const by = new Array<string | null>(index.length).fill(null);
  for (let row = 0; row < index.length; row++) {
    let strongest = 0;
    for (const { rule, matches } of steers) {
      if (rule.factor === null || !matches(index[row])) continue;
      factor[row] = Math.min(Math.max(factor[row] * rule.factor, 1 / MOST_STEERING), MOST_STEERING);
      const strength = Math.abs(Math.log(rule.factor));
      if (strength > strongest) [strongest, by[row]] = [strength, rule.name];
    }
  }
  const worth = score.map((value, row) => (value > 0 ? value * factor[row] : value / factor[row]));
  return { worth, factor, by };
}

/** The products of the rows, by catalogue index. */
interface PlacedRows {
  readonly index: readonly number[];
  readonly catalogue: Catalogue;
}

/** The order with its pinned rows in their places, and the name of the rule that holds each. */
export interface PinnedOrder {
  readonly order: readonly number[];
  readonly heldBy: ReadonlyMap<number, string>;
}

/**
 * Give pinned rows their places: of each pin the first of its products that is in the list, or the best row it is about
 * where it names none. A row is pinned once; two pins on one place stand one behind the other.
 */
export function placePins(order: readonly number[], pins: readonly ListRule[], rows: PlacedRows): PinnedOrder {
  const heldBy = new Map<number, string>();
  const placed: { readonly row: number; readonly position: number }[] = [];
  for (const pin of pins) {
    const row = pinnedRow(pin, order, rows, heldBy);
    if (row === undefined) continue;
    heldBy.set(row, pin.rule.name);
    placed.push({ row, position: pin.rule.position as number });
  }
  const pinned = order.filter((row) => !heldBy.has(row));
  let next = 0;
  for (const { row, position } of placed) {
    const place = Math.max(position - 1, next);
    pinned.splice(place, 0, row);
    next = place + 1;
  }
  return { order: pinned, heldBy };
}

function pinnedRow(
  { rule, matches }: ListRule,
  order: readonly number[],
  { index, catalogue }: PlacedRows,
  taken: ReadonlyMap<number, string>,
): number | undefined {
  const isFree = (row: number) => !taken.has(row) && matches(index[row]);
  if (rule.productIds === null) return order.find(isFree);
  const rows = rule.productIds.map((id) => index.indexOf(catalogue.indexOf(id)));
  return rows.find((row) => row >= 0 && isFree(row));
}

/** Where a row stands, where it stood by its score alone, and the rule that it obeys; null for none. */
export interface Move {
  readonly from: number;
  readonly place: number;
  readonly by: string | null;
}

/** The rule that pushed a row aside: that of the nearest row that has come past it; null where none has. */
export function pushedBy({ from, place }: Move, ruled: readonly Move[]): string | null {
  const passing = ruled.filter((other) => other.from < from !== other.place < place);
  const nearest = Math.min(...passing.map((other) => Math.abs(other.place - place)));
  return passing.find((other) => Math.abs(other.place - place) === nearest)?.by ?? null;
}

function byPosition({ rule: a }: ListRule, { rule: b }: ListRule): number {
  return (a.position ?? 0) - (b.position ?? 0) || (a.ruleId < b.ruleId ? -1 : 1);
}

function plainSet(texts: readonly string[] | null): ReadonlySet<string> | null {
  return texts && new Set(texts.map(plain));
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}
