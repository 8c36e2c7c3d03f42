import {
  isForShopper,
  type ListRequest,
  MAX_SHOWN,
  type RecommendationList,
  type RecommendationReason,
  type RecommendationSource,
  type RecommendedProduct,
  type SignalTerm,
} from "../domain/recommendation.js";
import { SIGNAL_NAMES } from "../domain/setting.js";
import { N_SIGNALS } from "../scorer/gates.js";
import { sumTerms } from "../scorer/reference.js";
import { TopK } from "../signals/topK.js";
import type { Candidates } from "./candidates.js";
import { diversify } from "./diversify.js";
import { evidenceRows, hasOwnReason, reasonFor } from "./evidence.js";
import type { Filler } from "./fillUp.js";
import { movesProducts, placePins, pushedBy, type Steering, steer } from "./merchandise.js";
import { givePlaces } from "./newPlaces.js";
import type { Profile } from "./profile.js";
import type { ServedModel } from "./servedModel.js";
import type { ServingRules } from "./servingRules.js";

/** The scorer's answer for one list: views into the batch. */
export interface ListScores {
  /** One score per candidate. */
  readonly score: Float32Array;
  /** The gates of one candidate, one per signal. */
  readonly gatesOf: (row: number) => Float32Array;
  /** The admin's weight per signal. */
  readonly weight: Float64Array;
}

/**
 * Choose and explain: the `first` best candidates by score, each with its terms, reason and evidence. The scorer's
 * float32 score chooses; among the chosen the float64 sum of the terms orders, because that is the score they show.
 */
export function rankList(
  request: ListRequest,
  profile: Profile,
  candidates: Candidates,
  scores: ListScores,
  served: ServedModel,
  rules: PlaceRules,
): RecommendationList {
  const most = Math.min(request.first, MAX_SHOWN - request.shown.length);
  const isDiverse = rules.diversity !== null && request.placement !== "similar";
  const isRuled = candidates.late.length > 0 || isDiverse || movesProducts(candidates.merchandise);
  const rows = isRuled
    ? placesByRule(request, candidates, scores, served, rules).slice(0, most)
    : placesByScore(candidates, scores, most);
  return {
    products: explain(rows, request.shown.length + 1, profile, candidates, scores, served),
    hasNextPage: candidates.index.length > rows.length && request.shown.length + rows.length < MAX_SHOWN,
    source: sourceOf(request, profile, candidates, rows.find(({ isPinned }) => !isPinned)?.row),
    modelVersion: served.version,
  };
}

function placesByScore(candidates: Candidates, scores: ListScores, most: number): ChosenRow[] {
  const best = new TopK(most + 1, candidates.tieOrder);
  for (let row = 0; row < scores.score.length; row++) best.offer(row, scores.score[row]);
  const chosen = Array.from(best.unordered(), (row) => exactly(candidates, scores, row));
  chosen.sort((a, b) => b.score - a.score || candidates.tieOrder[a.row] - candidates.tieOrder[b.row]);
  return chosen.slice(0, most);
}

/** The rules that come after the score. They change places, never scores, and each product says from where it moved. */
function placesByRule(
  request: ListRequest,
  candidates: Candidates,
  scores: ListScores,
  served: ServedModel,
  rules: PlaceRules,
): ChosenRow[] {
  const { index, tieOrder, filler, merchandise } = candidates;
  const { score } = scores;
  const before = (a: number, b: number) => score[b] - score[a] || tieOrder[a] - tieOrder[b];
  const byScore = [...index.keys()].sort(before);
  const steering = merchandise === null ? null : steer(merchandise.steers, index, score);
  const ranked = steering === null ? byScore : rankByWorth(byScore, steering);
  const shown = Array.from(request.shown, (hash) => served.catalogue.indexesWithHash(hash)).flat();
  let order: readonly number[] = ranked;
  if (rules.diversity !== null && request.placement !== "similar") {
    order = diversify(
      { ranked, index, score: steering?.worth ?? score, shown },
      request.first,
      rules.diversity,
      served,
    );
  }
  if (candidates.late.length > 0) {
    const isNew = (product: number) => product >= served.catalogue.nModelProducts;
    const newRows = ranked.filter((row) => isNew(index[row]) && filler[row] === "none");
    const nShownNew = shown.filter(isNew).length;
    order = givePlaces(order, newRows, { share: rules.newProductsShare, nShown: request.shown.length, nShownNew });
  }
  const pins = placePins(order, merchandise?.pins ?? [], { index, catalogue: served.catalogue });
  const placeByScore = new Map(byScore.map((row, place) => [row, place]));
  const ruleOf = (row: number) => pins.heldBy.get(row) ?? steering?.by[row] ?? null;
  const moves = pins.order.map((row, place) => ({ from: placeByScore.get(row) as number, place, by: ruleOf(row) }));
  const ruled = moves.filter(({ by }) => by !== null);
  return pins.order.slice(0, request.first).map((row, place) => {
    const { from, by } = moves[place];
    const movedBy = pins.heldBy.get(row) ?? (from === place ? null : (by ?? pushedBy(moves[place], ruled)));
    return {
      ...exactly(candidates, scores, row),
      ...(from !== place && { movedFrom: request.shown.length + from + 1 }),
      ...(movedBy !== null && { movedBy }),
      ...(pins.heldBy.has(row) && { isPinned: true }),
    };
  });
}

/** Rows of equal worth and factor keep their order. */
function rankByWorth(ranked: readonly number[], { worth, factor }: Steering): number[] {
  return [...ranked].sort((a, b) => worth[b] - worth[a] || factor[b] - factor[a]);
}

/** What of the serving rules acts on places. */
export type PlaceRules = Pick<ServingRules, "diversity" | "newProductsShare">;

/** A chosen candidate with the gates and the score that it shows. */
interface ChosenRow {
  readonly row: number;
  readonly gate: Float32Array;
  readonly score: number;
  readonly movedFrom?: number;
  readonly movedBy?: string;
  readonly isPinned?: boolean;
}

function exactly(candidates: Candidates, { gatesOf, weight }: ListScores, row: number): ChosenRow {
  const gate = gatesOf(row);
  return { row, gate, score: sumTerms(candidates.value, row * N_SIGNALS, gate, weight) };
}

/** @param firstRank the rank of the first of the rows */
function explain(
  rows: readonly ChosenRow[],
  firstRank: number,
  profile: Profile,
  candidates: Candidates,
  { weight }: ListScores,
  served: ServedModel,
): RecommendedProduct[] {
  const { productIds } = served.catalogue;
  const leading = rows.map((chosen) => leadingSignal(candidates, weight, chosen));
  const products = rows.map(({ row }) => candidates.index[row]);
  const rowsOf = leading.map((signal) => evidenceRows(served.signals, signal));
  const strongest = served.evidence.strongest(profile, products, rowsOf);
  return rows.map((chosen, i) => {
    // A pin is the whole reason: what a signal says of the product has not brought it here.
    const entry = chosen.isPinned === true ? -1 : strongest[i];
    const facts = {
      productId: productIds[products[i]],
      rank: firstRank + i,
      reason:
        chosen.isPinned === true
          ? "PINNED"
          : reasonOf(leading[i], entry < 0 ? null : profile.evidence[entry], candidates.filler[chosen.row]),
      because: entry < 0 ? null : productIds[profile.product[entry]],
    };
    return new ExplainedProduct(facts, candidates, weight, chosen);
  });
}

type ProductFacts = Pick<RecommendedProduct, "productId" | "rank" | "reason" | "because">;

/** A listed product. Its terms are made when asked for, which few callers may. */
class ExplainedProduct implements RecommendedProduct {
  readonly productId: string;
  readonly rank: number;
  readonly score: number;
  readonly reason: RecommendationReason;
  readonly because: string | null;
  readonly movedFrom?: number;
  readonly movedBy?: string;

  constructor(
    facts: ProductFacts,
    private readonly candidates: Candidates,
    private readonly weight: Float64Array,
    private readonly chosen: ChosenRow,
  ) {
    this.productId = facts.productId;
    this.rank = facts.rank;
    this.score = chosen.score;
    this.reason = facts.reason;
    this.because = facts.because;
    if (chosen.movedFrom !== undefined) this.movedFrom = chosen.movedFrom;
    if (chosen.movedBy !== undefined) this.movedBy = chosen.movedBy;
  }

  /** As a cache keeps it: with its terms, and without what they are made from. */
  toJSON(): RecommendedProduct {
    const { productId, rank, score, reason, because, movedFrom, movedBy, terms } = this;
    return {
      ...{ productId, rank, score, reason, because, terms },
      ...(movedFrom !== undefined && { movedFrom }),
      ...(movedBy !== undefined && { movedBy }),
    };
  }

  get terms(): readonly SignalTerm[] {
    const { weight } = this;
    const { row, gate } = this.chosen;
    return SIGNAL_NAMES.map((signal, s) => {
      const value = this.candidates.value[row * N_SIGNALS + s];
      return { signal, weight: weight[s], gate: gate[s], value, contribution: weight[s] * gate[s] * value };
    });
  }
}

/**
 * The signal with the largest positive term; −1 when none is positive. Of a shopper who has only disliked things it is
 * known what to show later, not who has chosen the same: then only signals with a word of their own can lead.
 */
function leadingSignal({ value, isAnswered }: Candidates, weight: Float64Array, { row, gate }: ChosenRow): number {
  let leading = -1;
  let most = 0;
  for (let s = 0; s < N_SIGNALS; s++) {
    if (!isAnswered && !hasOwnReason(s)) continue;
    const contribution = weight[s] * gate[s] * value[row * N_SIGNALS + s];
    if (contribution > most) {
      most = contribution;
      leading = s;
    }
  }
  return leading;
}

const FILLER_REASON: Record<Filler, RecommendationReason> = {
  none: "POPULAR",
  trending: "TRENDING",
  popular: "POPULAR",
  newest: "NEW",
};

function reasonOf(leading: number, evidence: Profile["evidence"][number] | null, filler: Filler): RecommendationReason {
  return leading < 0 ? FILLER_REASON[filler] : reasonFor(leading, evidence);
}

/** The rung of the ladder that answered. */
function sourceOf(
  request: ListRequest,
  profile: Profile,
  candidates: Candidates,
  best: number | undefined,
): RecommendationSource {
  if (candidates.isAnswered) {
    if (!isForShopper(request.placement)) return "ITEM_TO_ITEM";
    return profile.hasHistory ? "PERSONALIZED" : "SESSION";
  }
  return best === undefined ? "FALLBACK_CATALOG" : FILLER_SOURCE[candidates.filler[best]];
}

/** Without an answer to the profile the best product says which rung it stands on; the trending signal proposes, too. */
const FILLER_SOURCE: Record<Filler, RecommendationSource> = {
  none: "FALLBACK_TRENDING",
  trending: "FALLBACK_TRENDING",
  popular: "FALLBACK_POPULAR",
  newest: "FALLBACK_CATALOG",
};
