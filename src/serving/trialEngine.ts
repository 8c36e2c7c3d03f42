import type { TrialEngine } from "../domain/insight.js";
import { createRecommender, type RecommenderOptions } from "./recommender.js";
import { type ServingRules, servingRules } from "./servingRules.js";

/** The engine that serves, under settings that are only tried: same model, same products, same code. */
export function createTrialEngine({ histories, state }: RecommenderOptions): TrialEngine {
  let rules: ServingRules = state().rules;
  const recommender = createRecommender({ histories, state: () => ({ served: state().served, rules }) });
  return {
    recommend(requests, settings) {
      // A batch takes its rules when it begins, before anything is awaited: two trials at once do not meet.
      rules = { ...servingRules(settings), merchandising: state().rules.merchandising };
      return recommender.recommend(requests);
    },
    modelVersion: () => state().served.version,
  };
}
