import { idProblem } from "../domain/ids.js";
import type { PreviewedLists, SettingsPreview } from "../domain/insight.js";
import type { RecommendationList, RecommendedProduct } from "../domain/recommendation.js";
import { requireAdmin } from "./caller.js";
import type { GraphContext } from "./context.js";
import { badUserInput } from "./errors.js";
import { MAX_FIRST } from "./listArguments.js";

interface PreviewArguments {
  readonly changes: readonly { readonly name: string; readonly value?: unknown }[];
  readonly userIds?: readonly string[] | null;
  readonly productIds?: readonly string[] | null;
  readonly sample?: number | null;
  readonly first?: number | null;
}

/** Most shoppers named, most products named and most shoppers drawn of one preview. */
export const MAX_PREVIEWED = 100;
/** The SDL says the same. */
const DEFAULT_FIRST = 10;

/** Resolver of the preview. */
export const adminPreview = {
  Query: {
    async previewRecommendationSettings(_root: unknown, args: PreviewArguments, { caller, insight }: GraphContext) {
      requireAdmin(caller, "preview settings");
      const result = await insight.preview({
        changes: args.changes.map(({ name, value }) => ({ name, value })),
        userIds: readIds("userIds", args.userIds),
        productIds: readIds("productIds", args.productIds),
        sample: readNumber("sample", args.sample ?? 0, 0, MAX_PREVIEWED),
        first: readNumber("first", args.first ?? DEFAULT_FIRST, 1, MAX_FIRST),
      });
      return "field" in result ? { __typename: "InvalidInput", ...result } : shownPreview(result);
    },
  },
};

function readIds(name: string, ids: readonly string[] | null = []): readonly string[] {
  const given = ids ?? [];
  if (given.length > MAX_PREVIEWED) {
    throw badUserInput(`Cannot preview settings: at most ${MAX_PREVIEWED} ${name} are required, found ${given.length}`);
  }
  const problem = given.map(idProblem).find((one) => one !== null);
  if (problem === undefined) return given;
  throw badUserInput(`Cannot preview settings: valid ids are required in ${name}, found one that ${problem}`);
}

function readNumber(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw badUserInput(`Cannot preview settings: ${name} from ${least} to ${most} is required, found ${value}`);
}

function shownPreview({ modelVersion, lists, quality }: SettingsPreview) {
  const shownQuality = quality && { lists: quality.nLists, before: quality.before, after: quality.after };
  return {
    __typename: "RecommendationSettingsPreview",
    modelVersion,
    lists: lists.map(shownLists),
    quality: shownQuality,
  };
}

function shownLists({ request, before, after }: PreviewedLists) {
  const isProduct = request.placement === "product";
  return {
    user: isProduct ? null : { id: request.subjectId },
    product: isProduct ? { id: request.subjectId } : null,
    sourceBefore: before.source,
    sourceAfter: after.source,
    before: shownProducts(before, after),
    after: shownProducts(after, before),
  };
}

/** The products of a list, each with its place in the other one. */
function shownProducts({ products }: RecommendationList, other: RecommendationList) {
  const rankThere = new Map(other.products.map(({ productId, rank }) => [productId, rank]));
  return products.map(({ productId, rank, score, reason }: RecommendedProduct) => {
    return { node: { id: productId }, rank, score, reason, otherRank: rankThere.get(productId) ?? null };
  });
}
