import type { TypedDocumentNode } from "@apollo/client";
import { type DocumentNode, type FragmentDefinitionNode, Kind, parse } from "graphql";
import type {
  RecommendationContext,
  RecommendationFilter,
  RecommendationReason,
  RecommendationSource,
  SimilarityStrategy,
} from "./contract.js";

/** One page of a ranked list, with the shop's own fields of a product as P. */
export interface ListPage<P> {
  readonly source: RecommendationSource;
  readonly modelVersion: string | null;
  readonly listId: string;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly edges: readonly {
    readonly cursor: string;
    readonly rank: number;
    readonly reason: RecommendationReason;
    readonly node: P | null;
    readonly because: P | null;
  }[];
}

/** What an answer holds: the list under one field, or under a field of its owner. Null while it is unavailable. */
export type ListData<P> = Readonly<Record<string, ListPage<P> | Readonly<Record<string, ListPage<P> | null>> | null>>;

/** A document and where its list stands in the answer. */
export interface ListQuery<P, V extends object> {
  readonly document: TypedDocumentNode<ListData<P>, V & { readonly after?: string | null }>;
  readonly owner: string | null;
  readonly field: string;
}

export interface FirstVariables {
  readonly first: number;
}

export interface ShopperVariables extends FirstVariables {
  readonly context?: RecommendationContext;
  readonly filter?: RecommendationFilter;
}

export interface ProductVariables extends FirstVariables {
  readonly productId: string;
  readonly filter?: RecommendationFilter;
}

export interface SimilarVariables extends ProductVariables {
  readonly strategy?: SimilarityStrategy;
}

export interface SessionVariables extends FirstVariables {
  readonly context: RecommendationContext;
  readonly filter?: RecommendationFilter;
}

export interface TrendingVariables extends FirstVariables {
  readonly category?: string;
}

/** The typed documents of all lists, for hooks, prefetching and tests. */
export interface RecommendationDocuments<P> {
  readonly recommendations: ListQuery<P, ShopperVariables>;
  readonly buyAgain: ListQuery<P, FirstVariables>;
  readonly similarProducts: ListQuery<P, SimilarVariables>;
  readonly frequentlyBoughtTogether: ListQuery<P, ProductVariables>;
  readonly productRecommendations: ListQuery<P, ProductVariables>;
  readonly trendingProducts: ListQuery<P, TrendingVariables>;
  readonly sessionRecommendations: ListQuery<P, SessionVariables>;
}

/** Names of the queries whose lists look at the caller, so that they change with what the caller does. */
export const PERSONAL_LISTS: readonly string[] = ["ShopperRecommendations", "BuyAgain", "SessionRecommendations"];

export interface DocumentOptions<P> {
  /** A fragment on Product: what a card of the shop shows. It should hold the id. */
  readonly product: TypedDocumentNode<P, unknown>;
  /** The graph's field that answers the signed-in User. */
  readonly shopperField?: string;
  /** The graph's field that answers a Product by its argument `id`. */
  readonly productField?: string;
}

/**
 * The documents of all lists, each product with the shop's own fields.
 *
 * @throws Error when `product` is not a fragment on Product
 */
export function recommendationDocuments<P>(options: DocumentOptions<P>): RecommendationDocuments<P> {
  const { product, shopperField = "me", productField = "product" } = options;
  const list = `{ ${LIST_FIELDS.replaceAll("PRODUCT", `__typename ...${fragmentName(product)}`)} }`;

  function query<V extends object>(operation: string, owner: string | null, field: string, args: string) {
    const selection = owner === null ? `${field}${args} ${list}` : `${owner} { id ${field}${args} ${list} }`;
    const document = withFragment(parse(`query ${operation} { ${selection} }`), product);
    return { document, owner: owner === null ? null : nameOf(owner), field } as ListQuery<P, V>;
  }

  const byId = `${productField}(id: $productId)`;
  return {
    recommendations: query(
      "ShopperRecommendations($first: Int, $after: String, $context: RecommendationContext, $filter: RecommendationFilter)",
      shopperField,
      "recommendations",
      "(first: $first, after: $after, context: $context, filter: $filter)",
    ),
    buyAgain: query("BuyAgain($first: Int)", shopperField, "buyAgain", "(first: $first)"),
    similarProducts: query(
      "SimilarProducts($productId: ID!, $first: Int, $after: String, $strategy: SimilarityStrategy, $filter: RecommendationFilter)",
      byId,
      "similarProducts",
      "(first: $first, after: $after, strategy: $strategy, filter: $filter)",
    ),
    frequentlyBoughtTogether: query(
      "FrequentlyBoughtTogether($productId: ID!, $first: Int, $filter: RecommendationFilter)",
      byId,
      "frequentlyBoughtTogether",
      "(first: $first, filter: $filter)",
    ),
    productRecommendations: query(
      "ProductRecommendations($productId: ID!, $first: Int, $after: String, $filter: RecommendationFilter)",
      byId,
      "recommendations",
      "(first: $first, after: $after, filter: $filter)",
    ),
    trendingProducts: query(
      "TrendingProducts($first: Int, $after: String, $category: String)",
      null,
      "trendingProducts",
      "(first: $first, after: $after, category: $category)",
    ),
    sessionRecommendations: query(
      "SessionRecommendations($context: RecommendationContext!, $first: Int, $filter: RecommendationFilter)",
      null,
      "sessionRecommendations",
      "(context: $context, first: $first, filter: $filter)",
    ),
  };
}

const LIST_FIELDS = `
  source modelVersion listId
  pageInfo { hasNextPage endCursor }
  edges { cursor rank reason node { PRODUCT } because { PRODUCT } }
`;

function fragmentName(document: DocumentNode): string {
  const fragment = document.definitions.find(
    (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION,
  );
  if (fragment?.typeCondition.name.value !== "Product")
    throw new Error(
      `Cannot ask for recommendations: a fragment on Product is required, found ${
        fragment ? `one on ${fragment.typeCondition.name.value}` : "no fragment"
      }`,
    );
  return fragment.name.value;
}

function withFragment(query: DocumentNode, fragment: DocumentNode): DocumentNode {
  return { kind: Kind.DOCUMENT, definitions: [...query.definitions, ...fragment.definitions] };
}

/** The field's name alone: `product` of `product(id: $productId)`. */
function nameOf(field: string): string {
  return field.split("(")[0];
}
