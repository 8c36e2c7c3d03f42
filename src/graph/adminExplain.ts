import type { Absence, Explanation } from "../domain/explanation.js";
import { idProblem } from "../domain/ids.js";
import type { ListRequest, Placement } from "../domain/recommendation.js";
import { requireAdmin } from "./caller.js";
import type { GraphContext } from "./context.js";
import { badUserInput } from "./errors.js";
import { type RawListArguments, readListArguments } from "./listArguments.js";

interface ExplainArguments extends Pick<RawListArguments, "first" | "filter" | "context"> {
  readonly productId: string;
  readonly userId?: string | null;
  readonly besideProductId?: string | null;
}

/** Resolver of the explanation. */
export const adminExplain = {
  Query: {
    async explainRecommendation(_root: unknown, args: ExplainArguments, { caller, insight }: GraphContext) {
      requireAdmin(caller, "explain a recommendation");
      const request = requestOf(args);
      return shownExplanation(await insight.explain(request, readId("productId", args.productId)));
    },
  },
};

/** The list that is asked about: a shopper's, a product's, or a visitor's known by the context alone. */
function requestOf({ userId = null, besideProductId = null, ...args }: ExplainArguments): ListRequest {
  if (userId !== null && besideProductId !== null) {
    throw badUserInput("Cannot explain: one of userId and besideProductId is required, found both");
  }
  if (besideProductId !== null) {
    if (args.context) throw badUserInput("Cannot explain: a product's list has no context, found one");
    return listRequest("product", readId("besideProductId", besideProductId), args);
  }
  if (userId !== null) return listRequest("user", readId("userId", userId), args);
  if (args.context) return listRequest("session", null, args);
  throw badUserInput("Cannot explain: one of userId, besideProductId and context is required, found none");
}

const NOTHING_SHOWN = new Uint32Array(0);

function listRequest(placement: Placement, subjectId: string | null, raw: RawListArguments): ListRequest {
  const { first, strategy, filter, context, isAtCart } = readListArguments("User.recommendations", raw);
  const at = isAtCart ? "cart" : placement;
  return { placement: at, subjectId, first, strategy, filter, context, shown: NOTHING_SHOWN };
}

function readId(name: string, id: string): string {
  const problem = idProblem(id);
  if (problem === null) return id;
  throw badUserInput(`Cannot explain: a valid ${name} is required, found one that ${problem}`);
}

const REMOVED: Record<Absence, string> = {
  UNKNOWN: "No product of this id is known.",
  DELETED: "The catalogue has deleted it.",
  UNAVAILABLE: "It is not available now.",
  NOT_IN_CATALOGUE: "It is known from events only; the catalogue has not told of it.",
  IS_THE_SUBJECT: "The list stands beside this very product.",
  EXCLUDED_BY_CALLER: "The filter's excludeProductIds names it.",
  IN_CART: "It is in the cart already.",
  DISLIKED: "The shopper has disliked, returned or rated it badly.",
  PURCHASED: "The shopper has purchased it, and exclude.purchased is on.",
  SEEN: "The shopper has seen it, and exclude.seen is on.",
  FILTERED: "The filter's categories or prices leave it out.",
  EXCLUDED_BY_RULE: "A merchandising rule keeps it out.",
  NOT_PROPOSED: "No signal has it among its best for this list.",
  BEYOND_THE_LIST: "Others score higher; the list ends before it.",
};

function shownExplanation({ productId, scored, terms, ...facts }: Explanation) {
  return {
    ...facts,
    product: { id: productId },
    isListed: facts.absence === null,
    absenceInWords: facts.absence === null ? null : REMOVED[facts.absence],
    score: scored?.score ?? null,
    reason: scored?.reason ?? null,
    because: scored === null || scored.because === null ? null : { id: scored.because },
    terms: terms.map(({ carriers, ...term }) => ({
      ...term,
      carriedBy: carriers.map((carrier) => ({ product: { id: carrier.productId }, share: carrier.share })),
    })),
  };
}
