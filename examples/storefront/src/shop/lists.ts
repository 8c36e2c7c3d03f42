import {
  createRecommendationHooks,
  type RecordInteraction,
  useRecordInteraction,
} from "@recommendation-subgraph/react";
import { CardFragmentDoc } from "../graph/generated.js";
import { useVisit } from "./visit.js";

/** The shop's lists: every product comes with what its card shows. */
export const {
  useRecommendations,
  useBuyAgain,
  useSimilarProducts,
  useFrequentlyBoughtTogether,
  useProductRecommendations,
  useTrendingProducts,
  useSessionRecommendations,
} = createRecommendationHooks({ product: CardFragmentDoc });

/** So often an open page asks for its lists anew: what the shop hides is gone from it by then. */
export const POLL_MS = 10_000;

/** Record what whoever is in the shop does. */
export function useRecord(): RecordInteraction {
  const { sessionId, account } = useVisit();
  return useRecordInteraction({ sessionId, userId: account?.userId });
}
