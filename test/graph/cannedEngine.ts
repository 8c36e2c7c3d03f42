import type { RecommendationEngine } from "../../src/domain/engine.js";
import { hashId } from "../../src/domain/ids.js";
import { type ListRequest, MAX_SHOWN, type RecommendationList } from "../../src/domain/recommendation.js";

const TERM = { signal: "collaborative", weight: 1, gate: 1, value: 0.5, contribution: 0.5 } as const;

/** An engine over a fixed ranking `p0, p1, …`; it leaves out what was shown, as serving does. */
export function cannedEngine(nProducts = 400, modelVersion = "7"): RecommendationEngine {
  const ranking = Array.from({ length: nProducts }, (_, i) => `p${i}`);
  return { recommend: async (requests) => requests.map((request) => cannedList(request, ranking, modelVersion)) };
}

function cannedList(
  { first, shown, placement }: ListRequest,
  ranking: readonly string[],
  modelVersion: string,
): RecommendationList {
  const seen = new Set(shown);
  const rest = seen.size === 0 ? ranking : ranking.filter((id) => !seen.has(hashId(id)));
  const productIds = rest.slice(0, Math.min(first, MAX_SHOWN - shown.length));
  return {
    products: productIds.map((productId, i) => ({
      productId,
      rank: shown.length + i + 1,
      score: 0.5,
      reason: "ALSO_CHOSEN",
      because: "p0",
      terms: [TERM],
    })),
    hasNextPage: rest.length > productIds.length && shown.length + productIds.length < MAX_SHOWN,
    source: placement === "user" ? "PERSONALIZED" : "ITEM_TO_ITEM",
    modelVersion,
  };
}
