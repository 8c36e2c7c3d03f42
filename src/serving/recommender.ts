import type { RecommendationEngine } from "../domain/engine.js";
import type { OlderProducts, ShopperHistories, ShopperHistory } from "../domain/ports.js";
import type { ListRequest, RecommendationList } from "../domain/recommendation.js";
import { N_CONTEXT } from "../scorer/contextFeatures.js";
import { N_SIGNALS } from "../scorer/gates.js";
import type { BatchScores, ScoreBatch } from "../scorer/scorer.js";
import { type Candidates, gatherCandidates } from "./candidates.js";
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

interface PreparedList {
  readonly request: ListRequest;
  readonly profile: Profile;
  readonly candidates: Candidates;
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
      const historyOf = await loadHistories(histories, requests, rules.excludesSeen ? "seen" : "purchased");
      const { served } = state();
      const lists: RecommendationList[] = [];
      for (let from = 0; from < requests.length; from += LISTS_PER_SCORER_CALL) {
        const chunk = requests.slice(from, from + LISTS_PER_SCORER_CALL);
        const prepared: PreparedList[] = [];
        for (const request of chunk) {
          if (prepared.length % LISTS_PER_BREATH === LISTS_PER_BREATH - 1) await breath();
          prepared.push(prepare(request, historyOf(request), served, rules, scratchFor(served)));
        }
        await rankAll(prepared, served, rules, lists);
      }
      return lists;
    },
  };
}

function prepare(
  request: ListRequest,
  history: ShopperHistory | null,
  served: ServedModel,
  rules: ServingRules,
  scratch: Scratch,
): PreparedList {
  const profile = profileOf(request, history, served, rules);
  const gates = served.gates.byPlacement[request.placement];
  const isCounted = gates.map((gate, s) => gate > 0 && rules.signalWeight[s] > 0);
  return { request, profile, candidates: gatherCandidates(request, history, profile, isCounted, rules, scratch) };
}

function profileOf(
  request: ListRequest,
  history: ShopperHistory | null,
  { catalogue, horizons }: ServedModel,
  rules: ServingRules,
): Profile {
  if (request.placement === "user") {
    const { weightOf, halfLifeDays } = rules;
    return shopperProfile(history, request.context, catalogue, { weightOf, halfLifeDays, horizons });
  }
  if (request.placement === "trending" || request.subjectId === null) return emptyProfile(horizons.length);
  return productProfile(catalogue.indexOf(request.subjectId), horizons.length);
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
    const { request, profile, candidates } = prepared[l];
    const listScores = {
      score: scores.score.subarray(batch.start[l], batch.start[l + 1]),
      gatesOf: (row: number) => scores.gatesOf(batch.start[l] + row),
      weight: rules.signalWeight,
    };
    lists.push(rankList(request, profile, candidates, listScores, served));
  }
}

function joinBatch(prepared: readonly PreparedList[]): ScoreBatch {
  const start = new Int32Array(prepared.length + 1);
  for (let l = 0; l < prepared.length; l++) start[l + 1] = start[l] + prepared[l].candidates.index.length;
  const value = new Float32Array(start[prepared.length] * N_SIGNALS);
  for (let l = 0; l < prepared.length; l++) value.set(prepared[l].candidates.value, start[l] * N_SIGNALS);
  const context = new Float32Array(start[prepared.length] * N_CONTEXT);
  for (let l = 0; l < prepared.length; l++) context.set(prepared[l].candidates.context, start[l] * N_CONTEXT);
  return { start, placement: prepared.map((list) => list.request.placement), value, context };
}

/** One statement for all shoppers of the batch, each loaded once. */
async function loadHistories(
  histories: ShopperHistories,
  requests: readonly ListRequest[],
  older: OlderProducts,
): Promise<(request: ListRequest) => ShopperHistory | null> {
  const userIds = new Set<string>();
  for (const { placement, subjectId } of requests)
    if (placement === "user" && subjectId !== null) userIds.add(subjectId);
  if (userIds.size === 0) return () => null;
  const ids = [...userIds];
  const loaded = await histories.load(ids, older);
  const byId = new Map(ids.map((id, i) => [id, loaded[i]]));
  return ({ placement, subjectId }) =>
    placement === "user" && subjectId !== null ? (byId.get(subjectId) ?? null) : null;
}

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
