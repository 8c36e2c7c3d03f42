import type { RecommendationEngine } from "../domain/engine.js";
import type { ShopperHistories } from "../domain/ports.js";
import { isForShopper, type ListRequest, type Placement, type RecommendationList } from "../domain/recommendation.js";
import { N_CONTEXT } from "../scorer/contextFeatures.js";
import { N_SIGNALS } from "../scorer/gates.js";
import type { BatchScores, ScoreBatch } from "../scorer/scorer.js";
import { buyAgainList } from "./buyAgainList.js";
import { type Candidates, gatherCandidates } from "./candidates.js";
import { gatePlacement } from "./gatePlacement.js";
import { loadPasts, type Past } from "./pasts.js";
import { emptyProfile, type Profile, productProfile, shopperProfile } from "./profile.js";
import { rankList } from "./rankList.js";
import { Scratch } from "./scratch.js";
import type { ServedModel } from "./servedModel.js";
import type { ServingRules } from "./servingRules.js";

/** Most lists in one scorer call. */
export const LISTS_PER_SCORER_CALL = 128;
/** Lists computed before the event loop may breathe: about the time of one slow request. */
const LISTS_PER_BREATH = 16;

/** What the recommender reads afresh for every batch: one consistent state. */
export interface ServingState {
  readonly served: ServedModel;
  readonly rules: ServingRules;
}

export interface RecommenderOptions {
  readonly histories: ShopperHistories;
  /** The state that serves now; a batch keeps one model and one set of rules, so no list mixes two. */
  readonly state: () => ServingState;
}

/** A list before it is scored. */
export interface UnscoredList {
  readonly request: ListRequest;
  readonly profile: Profile;
  /** Whose gates score it. */
  readonly placement: Placement;
  readonly candidates: Candidates;
}

interface PreparedList extends UnscoredList {
  /** Its place in the answer. */
  readonly position: number;
}

/**
 * Answers lists for batches of requests: one load of histories whatever the number of shoppers, one scorer call per
 * LISTS_PER_SCORER_CALL lists, and the event loop breathes in between.
 */
export function createRecommender({ histories, state }: RecommenderOptions): RecommendationEngine {
  let scratch: Scratch | null = null;
  const scratchFor = (served: ServedModel) => {
    if (scratch?.served !== served) scratch = new Scratch(served);
    return scratch;
  };
  return {
    async recommend(requests) {
      // The rules say what to load; products hidden while it is being loaded must not be served.
      const { rules } = state();
      const pastOf = await loadPasts(histories, requests, rules.excludesSeen ? "seen" : "purchased");
      const { served } = state();
      const lists = new Array<RecommendationList>(requests.length);
      for (let from = 0; from < requests.length; from += LISTS_PER_SCORER_CALL) {
        const to = Math.min(requests.length, from + LISTS_PER_SCORER_CALL);
        const prepared: PreparedList[] = [];
        for (let position = from; position < to; position++) {
          if ((position - from) % LISTS_PER_BREATH === LISTS_PER_BREATH - 1) await breath();
          const request = requests[position];
          const past = pastOf(request);
          const working = scratchFor(served);
          if (request.placement === "buyAgain") lists[position] = buyAgainList(request, past.history, rules, working);
          else prepared.push({ position, ...prepareList(request, past, served, rules, working) });
        }
        if (prepared.length > 0) await rankAll(prepared, served, rules, lists);
      }
      return lists;
    },
  };
}

/** Profile and candidates of one list: all that comes before the scorer. */
export function prepareList(
  request: ListRequest,
  past: Past,
  served: ServedModel,
  rules: ServingRules,
  scratch: Scratch,
): UnscoredList {
  const profile = profileOf(request, past, served, rules);
  const placement = gatePlacement(request, profile);
  const gates = served.gates.byPlacement[placement];
  const isCounted = gates.map((gate, s) => gate > 0 && rules.signalWeight[s] > 0);
  return {
    request,
    profile,
    placement,
    candidates: gatherCandidates(request, past.history, profile, isCounted, rules, scratch),
  };
}

function profileOf(
  request: ListRequest,
  { history, isShoppers }: Past,
  { catalogue, horizons, weightPower }: ServedModel,
  rules: ServingRules,
): Profile {
  const { placement, subjectId, context } = request;
  if (isForShopper(placement)) {
    const { weightOf, halfLifeDays } = rules;
    const options = { weightOf, halfLifeDays, horizons, weightPower };
    // What goes with a cart does not depend on what else its owner has looked at.
    if (placement === "cart" && context !== null && context.cartProductIds.length > 0) {
      return shopperProfile(null, { ...context, viewedProductIds: [] }, catalogue, options);
    }
    const profile = shopperProfile(history, context, catalogue, options);
    return isShoppers ? profile : { ...profile, hasHistory: false };
  }
  if (placement === "trending" || subjectId === null) return emptyProfile(horizons.length);
  return productProfile(catalogue.indexOf(subjectId), horizons.length);
}

async function rankAll(
  prepared: readonly PreparedList[],
  served: ServedModel,
  rules: ServingRules,
  lists: RecommendationList[],
): Promise<void> {
  const batch = joinBatch(prepared);
  const scores: BatchScores = served.scorer.score(batch, rules.signalWeight);
  for (let l = 0; l < prepared.length; l++) {
    if (l % LISTS_PER_BREATH === LISTS_PER_BREATH - 1) await breath();
    const { position, request, profile, candidates } = prepared[l];
    const listScores = {
      score: scores.score.subarray(batch.start[l], batch.start[l + 1]),
      gatesOf: (row: number) => scores.gatesOf(batch.start[l] + row),
      weight: rules.signalWeight,
    };
    lists[position] = rankList(request, profile, candidates, listScores, served, rules);
  }
}

/** What the scorer needs of some lists, one behind the other. */
export function joinBatch(prepared: readonly UnscoredList[]): ScoreBatch {
  const start = new Int32Array(prepared.length + 1);
  for (let l = 0; l < prepared.length; l++) start[l + 1] = start[l] + prepared[l].candidates.index.length;
  const value = new Float32Array(start[prepared.length] * N_SIGNALS);
  for (let l = 0; l < prepared.length; l++) value.set(prepared[l].candidates.value, start[l] * N_SIGNALS);
  const context = new Float32Array(start[prepared.length] * N_CONTEXT);
  for (let l = 0; l < prepared.length; l++) context.set(prepared[l].candidates.context, start[l] * N_CONTEXT);
  return { start, placement: prepared.map((list) => list.placement), value, context };
}

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
