import type { Absence, Carrier, ExplainedTerm, ExplainingEngine, Explanation, Mover } from "../domain/explanation.js";
import { type ListRequest, MAX_SHOWN, type RecommendedProduct } from "../domain/recommendation.js";
import { SIGNAL_NAMES } from "../domain/setting.js";
import { buyAgainList } from "./buyAgainList.js";
import { filterOf, markExcluded } from "./eligibility.js";
import { carriersOf, evidenceRows } from "./evidence.js";
import { merchandiseOf } from "./merchandise.js";
import { loadPasts, type Past } from "./pasts.js";
import type { Profile } from "./profile.js";
import { rankList } from "./rankList.js";
import { joinBatch, prepareList, type RecommenderOptions } from "./recommender.js";
import { Scratch } from "./scratch.js";
import type { ServedModel } from "./servedModel.js";
import type { ServingRules } from "./servingRules.js";

/** Most profile products named per term. */
const MAX_CARRIERS = 3;

/**
 * Answers why a product is, or is not, in a list: by computing the list as the recommender does, with its functions, and
 * looking at what became of the product on the way.
 */
export function createExplainer({ histories, state }: RecommenderOptions): ExplainingEngine {
  return {
    async explain(request, productId) {
      const { rules } = state();
      const pastOf = await loadPasts(histories, [request], rules.excludesSeen ? "seen" : "purchased");
      const explainList = request.placement === "buyAgain" ? explainBuyAgain : explainIn;
      return explainList(request, productId, pastOf(request), state().served, rules);
    },
  };
}

function explainIn(
  request: ListRequest,
  productId: string,
  past: Past,
  served: ServedModel,
  rules: ServingRules,
): Explanation {
  const scratch = new Scratch(served);
  const prepared = prepareList(request, past, served, rules, scratch);
  const { profile, candidates } = prepared;
  const answer = served.scorer.score(joinBatch([prepared]), rules.signalWeight);
  const scores = { ...answer, weight: rules.signalWeight };
  const list = rankList(request, profile, candidates, scores, served, rules);
  // As long as a list can be, so that whatever has a score stands in it, with what has moved it out of the shorter one.
  const whole = rankList({ ...request, first: MAX_SHOWN }, profile, candidates, scores, served, rules);
  const index = served.catalogue.indexOf(productId);
  const isAsked = (one: RecommendedProduct) => one.productId === productId;
  const listed = list.products.find(isAsked) ?? null;
  const product = listed ?? whole.products.find(isAsked) ?? null;
  const unscored = product === null ? absenceOf(index, request, past, rules, scratch) : null;
  return {
    productId,
    source: list.source,
    modelVersion: list.modelVersion,
    rank: listed?.rank ?? null,
    rankByScore: product === null ? null : (product.movedFrom ?? product.rank),
    movedBy: product?.movedFrom === undefined ? null : moverOf(product, index, served, rules),
    rule: product?.movedBy ?? (unscored === "EXCLUDED_BY_RULE" ? excludedBy(index, request, rules, served) : null),
    absence: listed !== null ? null : (unscored ?? "BEYOND_THE_LIST"),
    scored: product,
    terms: product === null ? [] : product.terms.map((term, s) => ({ ...term, carriers: carriers(term, s) })),
  };

  function carriers({ contribution }: ExplainedTerm | RecommendedProduct["terms"][number], s: number): Carrier[] {
    return contribution > 0 ? carriersOfTerm(profile, index, s, served) : [];
  }
}

/** What is due again is one signal over the shopper's own purchases; nothing moves it, and nothing fills it up. */
function explainBuyAgain(
  request: ListRequest,
  productId: string,
  past: Past,
  served: ServedModel,
  rules: ServingRules,
): Explanation {
  const scratch = new Scratch(served);
  const whole = buyAgainList({ ...request, first: MAX_SHOWN }, past.history, rules, scratch);
  const product = whole.products.find((one) => one.productId === productId) ?? null;
  const isListed = product !== null && product.rank <= request.first;
  const index = served.catalogue.indexOf(productId);
  const absence = product === null ? absenceOfPurchase() : null;
  return {
    productId,
    source: whole.source,
    modelVersion: whole.modelVersion,
    rank: isListed ? product.rank : null,
    rankByScore: product?.rank ?? null,
    movedBy: null,
    rule: absence === "EXCLUDED_BY_RULE" ? excludedBy(index, request, rules, served) : null,
    absence: isListed ? null : (absence ?? "BEYOND_THE_LIST"),
    scored: product,
    terms: product === null ? [] : product.terms.map((term) => ({ ...term, carriers: [{ productId, share: 1 }] })),
  };

  function absenceOfPurchase(): Absence {
    const rulesHere = { ...rules, excludesPurchased: false, excludesSeen: false };
    const absence = absenceOf(index, request, past, rulesHere, scratch);
    const isWeighed = rules.signalWeight[SIGNAL_NAMES.indexOf("repeat")] > 0;
    return absence === "NOT_PROPOSED" && isWeighed ? "NOT_PURCHASED" : absence;
  }
}

function carriersOfTerm(profile: Profile, index: number, s: number, served: ServedModel): Carrier[] {
  const rows = evidenceRows(served.signals, s);
  if (rows === null) return [];
  const all = carriersOf(profile, index, rows);
  const total = all.reduce((sum, { answer }) => sum + answer, 0);
  return all.slice(0, MAX_CARRIERS).map(({ entry, answer }) => {
    return { productId: served.catalogue.productIds[profile.product[entry]], share: answer / total };
  });
}

/**
 * A merchandising rule says so itself; new products move up to their share of the places; what else moves was moved by
 * diversity, or by a cap where there is none.
 */
function moverOf(
  { rank, movedFrom = rank, movedBy }: RecommendedProduct,
  index: number,
  { catalogue }: ServedModel,
  { diversity }: ServingRules,
): Mover {
  if (movedBy !== undefined) return "MERCHANDISING";
  const isNew = index >= catalogue.nModelProducts;
  if (diversity === null || (isNew && rank < movedFrom)) return "NEW_PRODUCTS";
  return diversity.strength > 0 ? "DIVERSITY" : "CAP";
}

/** What kept a product from being a candidate. */
function absenceOf(index: number, request: ListRequest, past: Past, rules: ServingRules, scratch: Scratch): Absence {
  const { catalogue } = scratch.served;
  if (index < 0) return "UNKNOWN";
  if (!catalogue.isRecommendable(index)) return hiddenBecause(catalogue.storedProduct(index));
  const exclusion = exclusionOf(index, request, past, rules, scratch);
  if (exclusion !== null) return exclusion;
  if (!filterOf(request, catalogue)(index)) return "FILTERED";
  const merchandise = merchandiseOf(request, rules.merchandising, catalogue);
  return filterOf(request, catalogue, merchandise)(index) ? "NOT_PROPOSED" : "EXCLUDED_BY_RULE";
}

/** The name of the first rule that keeps a product out. */
function excludedBy(index: number, request: ListRequest, rules: ServingRules, { catalogue }: ServedModel) {
  const exclusions = merchandiseOf(request, rules.merchandising, catalogue)?.exclusions ?? [];
  return exclusions.find(({ matches }) => matches(index))?.rule.name ?? null;
}

function hiddenBecause(stored: ReturnType<ServedModel["catalogue"]["storedProduct"]>): Absence {
  if (stored === null) return "UNKNOWN";
  if (stored.isDeleted) return "DELETED";
  return stored.isAvailable ? "NOT_IN_CATALOGUE" : "UNAVAILABLE";
}

/** The first of the rules of `markExcluded` that excludes the product when it stands alone with those before it. */
function exclusionOf(
  index: number,
  request: ListRequest,
  { history }: Past,
  rules: ServingRules,
  scratch: Scratch,
): Absence | null {
  const { catalogue } = scratch.served;
  const bare = { ...request, shown: new Uint32Array(0) };
  const { filter, context } = bare;
  const nothing = { ...filter, excludeProductIds: [] };
  const neither = { ...rules, excludesPurchased: false, excludesSeen: false };
  const steps: readonly [Absence, () => void][] = [
    ["IS_THE_SUBJECT", () => mark({ ...bare, filter: nothing, context: null }, null, neither)],
    ["EXCLUDED_BY_CALLER", () => mark({ ...bare, context: null }, null, neither)],
    ["IN_CART", () => mark({ ...bare, context: context && { ...context, viewedProductIds: [] } }, null, neither)],
    ["DISLIKED", () => mark(bare, history, neither)],
    ["PURCHASED", () => mark(bare, history, { ...rules, excludesSeen: false })],
    ["SEEN", () => mark(bare, history, rules)],
  ];
  return steps.find(([, step]) => isExcludedAfter(step))?.[0] ?? null;

  function mark(part: ListRequest, past: Past["history"], options: ServingRules): void {
    markExcluded(part, past, catalogue, scratch, options);
  }

  function isExcludedAfter(step: () => void): boolean {
    scratch.begin();
    step();
    return scratch.isExcluded(index);
  }
}
