import { ACTION } from "../domain/interaction.js";
import type { ShopperHistory } from "../domain/ports.js";
import { type ListRequest, MAX_SHOWN, type RecommendationList } from "../domain/recommendation.js";
import { SIGNAL_NAMES } from "../domain/setting.js";
import { buyAgainScores } from "../signals/buyAgain.js";
import type { Catalogue } from "./catalogue.js";
import { filterOf, markExcluded } from "./eligibility.js";
import { merchandiseOf } from "./merchandise.js";
import type { Scratch } from "./scratch.js";
import type { ServingRules } from "./servingRules.js";

const SIGNAL = "repeat";
/** No context changes what a shopper is due to buy again, so no gate does. */
const GATE = 1;

/**
 * What a shopper is due to buy again, of the purchases in the bounded part of their past. Kept apart from discovery:
 * nothing that they have not bought fills it up, and without purchases it is empty. The repeat signal's weight applies;
 * 0 removes the list. Of the merchandiser's rules exclusions act: what is due when is no matter of taste. Cost: one pass
 * over the history, whatever the size of the catalogue.
 */
export function buyAgainList(
  request: ListRequest,
  history: ShopperHistory | null,
  rules: ServingRules,
  scratch: Scratch,
): RecommendationList {
  const { catalogue, newestMs, version } = scratch.served;
  const weight = rules.signalWeight[SIGNAL_NAMES.indexOf(SIGNAL)];
  scratch.begin();
  markExcluded(request, history, catalogue, scratch, { ...rules, excludesPurchased: false, excludesSeen: false });
  const isEligible = filterOf(request, catalogue, merchandiseOf(request, rules.merchandising, catalogue));
  const due = history === null || weight === 0 ? NOTHING_DUE : dueProducts(history, catalogue, newestMs);
  const listed = [...due.product.keys()].filter(
    (d) => isEligible(due.product[d]) && !scratch.isExcluded(due.product[d]),
  );
  const shown = listed.slice(0, Math.min(request.first, MAX_SHOWN - request.shown.length));
  return {
    products: shown.map((d, i) => {
      const value = due.score[d];
      const term = { signal: SIGNAL, weight, gate: GATE, value, contribution: weight * GATE * value } as const;
      return {
        productId: catalogue.productIds[due.product[d]],
        rank: request.shown.length + i + 1,
        score: term.contribution,
        reason: "BUY_AGAIN",
        because: null,
        terms: [term],
      };
    }),
    hasNextPage: listed.length > shown.length && request.shown.length + shown.length < MAX_SHOWN,
    // Of whom nothing is known, or may be used, nothing personal answers.
    source: history === null || history.productNo.length === 0 ? "FALLBACK_CATALOG" : "PERSONALIZED",
    modelVersion: version,
  };
}

const NOTHING_DUE = { product: new Int32Array(0), score: new Float64Array(0) };

/** @param newestMs the newest interaction that the model has seen; the shopper may have done something since */
function dueProducts(history: ShopperHistory, catalogue: Catalogue, newestMs: number) {
  const products: number[] = [];
  const times: number[] = [];
  for (let i = history.productNo.length - 1; i >= 0; i--) {
    const index = catalogue.indexOfProductNo(history.productNo[i]);
    if (history.action[i] !== ACTION.purchase || index < 0) continue;
    products.push(index);
    times.push(history.occurredAtMs[i]);
  }
  const known = [newestMs, history.occurredAtMs[0] ?? Number.NaN].filter((time) => !Number.isNaN(time));
  const nowMs = known.length === 0 ? Number.NaN : Math.max(...known);
  return buyAgainScores(Int32Array.from(products), Float64Array.from(times), nowMs);
}
