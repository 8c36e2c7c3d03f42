import type { Absence, Explanation } from "../domain/explanation.js";
import { idProblem } from "../domain/ids.js";
import { isForShopper, type ListRequest, type Placement } from "../domain/recommendation.js";
import { requireAdmin } from "./caller.js";
import type { GraphContext } from "./context.js";
import { badUserInput } from "./errors.js";
import { type RawListArguments, readListArguments } from "./listArguments.js";

interface ExplainArguments extends Pick<RawListArguments, "first" | "filter" | "context" | "strategy"> {
  readonly productId: string;
  readonly userId?: string | null;
  readonly besideProductId?: string | null;
  readonly list?: Placement | null;
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

/** The list that is asked about: one of a shopper's, of a product's, of a visitor's known by the context alone, or of nobody's. */
function requestOf({ userId = null, besideProductId = null, list = null, ...args }: ExplainArguments): ListRequest {
  if (userId !== null && besideProductId !== null) {
    throw badUserInput("Cannot explain: one of userId and besideProductId is required, found both");
  }
  if (userId !== null) return listRequest(SHOPPERS_LISTS, list, readId("userId", userId), args);
  if (besideProductId !== null) {
    return listRequest(PRODUCTS_LISTS, list, readId("besideProductId", besideProductId), args);
  }
  if (args.context) return listRequest(VISITORS_LISTS, list, null, args);
  if (list === "trending") return listRequest(["trending"], list, null, args);
  throw badUserInput("Cannot explain: one of userId, besideProductId and context is required, found none");
}

/** The first of each is the one that is meant where none is named. */
const SHOPPERS_LISTS: readonly Placement[] = ["user", "cart", "buyAgain"];
const PRODUCTS_LISTS: readonly Placement[] = ["product", "similar", "boughtTogether"];
const VISITORS_LISTS: readonly Placement[] = ["session", "cart"];

const NOTHING_SHOWN = new Uint32Array(0);

function listRequest(
  lists: readonly Placement[],
  list: Placement | null,
  subjectId: string | null,
  raw: RawListArguments,
): ListRequest {
  const placement = list ?? lists[0];
  if (!lists.includes(placement)) {
    throw badUserInput(`Cannot explain: one of ${lists.join(", ")} is required as list, found ${placement}`);
  }
  if (raw.context && (placement === "buyAgain" || !isForShopper(placement))) {
    throw badUserInput(`Cannot explain: the list ${placement} has no context, found one`);
  }
  const { first, strategy, filter, context, isAtCart } = readListArguments("User.recommendations", raw);
  const at = list === null && isAtCart ? "cart" : placement;
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
  DISLIKED: "The shopper has disliked, returned or rated it badly, or last taken it out of the cart.",
  PURCHASED: "The shopper has purchased it, and exclude.purchased is on.",
  SEEN: "The shopper has seen it, and exclude.seen is on.",
  FILTERED: "The filter's categories or prices leave it out.",
  EXCLUDED_BY_RULE: "A merchandising rule keeps it out.",
  NOT_PURCHASED: "The shopper's known past holds no purchase of it.",
  NOT_PROPOSED: "No signal has it among its best for this list.",
  BEYOND_THE_LIST: "The list ends before it: others score higher, or movedBy says what has moved it down.",
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
