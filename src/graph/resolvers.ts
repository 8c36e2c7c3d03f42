import type { GraphQLResolveInfo } from "graphql";
import { idProblem, idText } from "../domain/ids.js";
import { adminDeadLetters } from "./adminDeadLetters.js";
import { adminExplain } from "./adminExplain.js";
import { adminOverview } from "./adminOverview.js";
import { adminPreview } from "./adminPreview.js";
import { adminRules } from "./adminRules.js";
import { adminSettings } from "./adminSettings.js";
import { adminTraining } from "./adminTraining.js";
import { valuesPerProduct } from "./answerSize.js";
import { requireUser } from "./caller.js";
import { type ProductReference, RecommendationConnection } from "./connection.js";
import type { GraphContext } from "./context.js";
import { badUserInput } from "./errors.js";
import { type InteractionInput, recordInteractions } from "./interactions.js";
import { type RawListArguments, readListArguments } from "./listArguments.js";
import type { ListField } from "./listFields.js";
import { listQuery, OVER_BUDGET } from "./listLoader.js";
import { shoppers } from "./shoppers.js";

interface Reference {
  readonly id?: unknown;
}

/** Resolvers of everything that is not a plain property of what they return. */
export const resolvers = {
  Query: {
    ...adminSettings.Query,
    ...adminTraining.Query,
    ...adminPreview.Query,
    ...adminExplain.Query,
    ...adminOverview.Query,
    ...adminDeadLetters.Query,
    ...shoppers.Query,
    ...adminRules.Query,
    trendingProducts: ofNobody("Query.trendingProducts"),
    sessionRecommendations: ofNobody("Query.sessionRecommendations"),
  },
  Mutation: {
    ...adminSettings.Mutation,
    ...adminTraining.Mutation,
    ...adminDeadLetters.Mutation,
    ...shoppers.Mutation,
    ...adminRules.Mutation,
    recordInteractions: (_root: unknown, args: { events: readonly InteractionInput[] }, context: GraphContext) =>
      recordInteractions(args.events, context),
  },
  Product: {
    __resolveReference: async (reference: Reference) => entity("Product", reference),
    similarProducts: ofProduct("Product.similarProducts"),
    frequentlyBoughtTogether: ofProduct("Product.frequentlyBoughtTogether"),
    recommendations: ofProduct("Product.recommendations"),
  },
  User: {
    __resolveReference: async (reference: Reference) => entity("User", reference),
    recommendations: ofUser("User.recommendations"),
    buyAgain: ofUser("User.buyAgain"),
  },
  RecommendationSettingValue: adminSettings.RecommendationSettingValue,
  RecommendationRuleAction: adminRules.RecommendationRuleAction,
  RecommendationPlacement: adminRules.RecommendationPlacement,
  InteractionAction: {
    VIEW: "view",
    CLICK: "click",
    ADD_TO_CART: "add_to_cart",
    REMOVE_FROM_CART: "remove_from_cart",
    WISHLIST: "wishlist",
    PURCHASE: "purchase",
    RATING: "rating",
    DISLIKE: "dislike",
    RETURN: "return",
  },
};

type ListResolver<Parent> = (
  parent: Parent,
  args: RawListArguments,
  context: GraphContext,
  info: GraphQLResolveInfo,
) => Promise<RecommendationConnection | null>;

function ofNobody(field: ListField): ListResolver<unknown> {
  return (_root, args, context, info) => listOf(field, null, args, context, info);
}

function ofProduct(field: ListField): ListResolver<ProductReference> {
  return (product, args, context, info) => listOf(field, product.id, args, context, info);
}

function ofUser(field: ListField): ListResolver<{ readonly id: string }> {
  return async (user, args, context, info) => {
    requireUser(context.caller, user.id);
    return listOf(field, user.id, args, context, info);
  };
}

async function listOf(
  field: ListField,
  subjectId: string | null,
  raw: RawListArguments,
  context: GraphContext,
  info: GraphQLResolveInfo,
): Promise<RecommendationConnection | null> {
  context.usesContext ||= raw.context !== null && raw.context !== undefined;
  const query = listQuery(field, subjectId, readListArguments(field, raw), context.cursors);
  const nValues = valuesPerProduct(info);
  context.budget.spend(query.args.first, nValues);
  const list = await context.lists.load(query);
  if (list === OVER_BUDGET) return null;
  await context.turns.next(list.products.length * nValues);
  return new RecommendationConnection(query, list, context.cursors);
}

/**
 * An entity is its key: whether it exists is the catalogue's to say. A fresh object, because the library writes its
 * type onto it; async at the call, because a synchronous throw would fail the whole list of entities.
 */
function entity(type: "Product" | "User", { id }: Reference): { id: string } {
  const text = idText(id);
  const problem = text === null ? "is missing or not a text" : idProblem(text);
  if (problem === null) return { id: text as string };
  throw badUserInput(`Cannot resolve ${type}: a valid id is required, found one that ${problem}`);
}
