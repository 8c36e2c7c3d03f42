import type { RecommendationEngine } from "../domain/engine.js";
import { type ListRequest, NO_FILTER, type RecommendationList } from "../domain/recommendation.js";

/** Lists in one call of the engine; the scorer takes as many at once. */
const BATCH_LISTS = 128;

/** A shopper's list as the file of lists holds it. */
export interface ListLine {
  readonly recommendations: readonly string[];
  readonly scores: readonly number[];
}

/** The list of a user, as `User.recommendations` asks for it; of a visitor, known by what they looked at. */
export function shopperRequest(userId: string | null, session: readonly string[], first: number): ListRequest {
  const context = session.length === 0 ? null : { viewedProductIds: session, cartProductIds: [] };
  const shown = new Uint32Array(0);
  const placement = userId === null ? "session" : "user";
  return { placement, subjectId: userId, first, strategy: "AUTO", filter: NO_FILTER, context, shown };
}

/** Ask the engine for any number of lists, batch by batch; they come in the order of the requests. */
export async function computeLists(
  engine: RecommendationEngine,
  requests: readonly ListRequest[],
  onShare: (share: number) => void,
): Promise<ListLine[]> {
  const lines: ListLine[] = [];
  for (let from = 0; from < requests.length; from += BATCH_LISTS) {
    onShare(from / requests.length);
    const lists = await engine.recommend(requests.slice(from, from + BATCH_LISTS));
    lines.push(...lists.map(lineOf));
  }
  return lines;
}

/** Only what a file holds is kept: the explanations of thirty thousand lists would fill the memory. */
function lineOf({ products }: RecommendationList): ListLine {
  return {
    recommendations: products.map(({ productId }) => productId),
    scores: products.map(({ score }) => score),
  };
}
