import { ACTION } from "../domain/interaction.js";
import type { InteractionWeight } from "../domain/interactionWeight.js";
import type { ShopperHistory } from "../domain/ports.js";
import { isForShopper, type ListRequest } from "../domain/recommendation.js";
import type { Catalogue } from "./catalogue.js";
import type { Merchandise } from "./merchandise.js";
import type { Scratch } from "./scratch.js";

export interface EligibilityOptions {
  readonly excludesPurchased: boolean;
  readonly excludesSeen: boolean;
  readonly weightOf: InteractionWeight;
}

/** Mark every product that must not be in this list: shown before, excluded by the caller, the subject, in the cart, purchased or seen, disliked. */
export function markExcluded(
  request: ListRequest,
  history: ShopperHistory | null,
  catalogue: Catalogue,
  scratch: Scratch,
  options: EligibilityOptions,
): void {
  const mark = (index: number) => {
    if (index >= 0) scratch.exclude(index);
  };
  for (const hash of request.shown) for (const index of catalogue.indexesWithHash(hash)) mark(index);
  for (const id of request.filter.excludeProductIds) mark(catalogue.indexOf(id));
  for (const id of request.context?.cartProductIds ?? []) mark(catalogue.indexOf(id));
  if (options.excludesSeen) for (const id of request.context?.viewedProductIds ?? []) mark(catalogue.indexOf(id));
  if (!isForShopper(request.placement) && request.subjectId !== null) mark(catalogue.indexOf(request.subjectId));
  if (history !== null) markHistory(history, catalogue, mark, options);
}

function markHistory(
  history: ShopperHistory,
  catalogue: Catalogue,
  mark: (index: number) => void,
  { excludesPurchased, excludesSeen, weightOf }: EligibilityOptions,
): void {
  for (let i = 0; i < history.productNo.length; i++) {
    const isKnown = excludesSeen || (excludesPurchased && history.action[i] === ACTION.purchase);
    const isObjection = OBJECTIONS.has(history.action[i]) && weightOf(history.action[i], history.value[i]) < 0;
    if (isKnown || isObjection) mark(catalogue.indexOfProductNo(history.productNo[i]));
  }
  if (weightOf(ACTION.remove_from_cart, Number.NaN) < 0) markTakenOut(history, catalogue, mark);
  if (!excludesPurchased && !excludesSeen) return;
  for (const productNo of history.olderProducts) mark(catalogue.indexOfProductNo(productNo));
}

/** Taken out of the cart, as long as that is the shopper's last word on the product: they may look at it again. */
function markTakenOut(
  { productNo, action }: ShopperHistory,
  catalogue: Catalogue,
  mark: (index: number) => void,
): void {
  if (!action.includes(ACTION.remove_from_cart)) return;
  const spokenOf = new Set<number>();
  for (let i = 0; i < productNo.length; i++) {
    if (action[i] === ACTION.remove_from_cart && !spokenOf.has(productNo[i])) {
      mark(catalogue.indexOfProductNo(productNo[i]));
    }
    spokenOf.add(productNo[i]);
  }
}

/** Saying no to a product keeps it out, whatever was said before or after. */
const OBJECTIONS: ReadonlySet<number> = new Set([ACTION.dislike, ACTION.return, ACTION.rating]);

/** Says whether a product may be in the list: recommendable, inside the caller's filter, and excluded by no rule. */
export function filterOf(
  request: ListRequest,
  catalogue: Catalogue,
  merchandise: Merchandise | null = null,
): (index: number) => boolean {
  const isInside = callersFilter(request, catalogue);
  const exclusions = merchandise?.exclusions ?? [];
  if (exclusions.length === 0) return isInside;
  return (index) => isInside(index) && !exclusions.some(({ matches }) => matches(index));
}

function callersFilter(request: ListRequest, catalogue: Catalogue): (index: number) => boolean {
  const { categories, minPrice, maxPrice } = request.filter;
  const allowed = categories === null ? null : new Set(categories.flatMap((name) => catalogue.categoriesUnder(name)));
  if (allowed === null && minPrice === null && maxPrice === null) return (index) => catalogue.isRecommendable(index);
  const least = minPrice ?? Number.NEGATIVE_INFINITY;
  const most = maxPrice ?? Number.POSITIVE_INFINITY;
  const asksPrice = minPrice !== null || maxPrice !== null;
  return (index) => {
    if (!catalogue.isRecommendable(index)) return false;
    if (allowed !== null && (catalogue.category[index] < 0 || !allowed.has(catalogue.category[index]))) return false;
    return !asksPrice || (catalogue.price[index] >= least && catalogue.price[index] <= most);
  };
}
