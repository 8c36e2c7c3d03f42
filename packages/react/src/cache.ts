import type { FieldFunctionOptions, FieldPolicy, StoreObject, TypePolicies } from "@apollo/client";

/** A page of a list as the cache holds it. */
interface CachedList {
  readonly edges?: readonly StoreObject[];
  readonly nodes?: readonly (StoreObject | null)[];
}

type ReadField = FieldFunctionOptions["readField"];

/**
 * Type policies to spread into an InMemoryCache: which arguments make another list, and how a further page joins the
 * ones before. A list asked for anew takes the place of all its pages; a page that fails leaves those that are there.
 *
 * `first` is among the arguments: a page of four must not be answered from a list of twenty elsewhere on the screen.
 */
export const recommendationTypePolicies = {
  Product: {
    fields: {
      similarProducts: list(["first", "strategy", "filter"]),
      frequentlyBoughtTogether: list(["first", "filter"]),
      recommendations: list(["first", "filter"]),
    },
  },
  User: {
    fields: {
      recommendations: list(["first", "context", "filter"]),
      buyAgain: list(["first"]),
    },
  },
  Query: {
    fields: {
      trendingProducts: list(["first", "category"]),
      sessionRecommendations: list(["first", "context", "filter"]),
    },
  },
} satisfies TypePolicies;

function list(keyArgs: string[]): FieldPolicy<CachedList | null> {
  return {
    keyArgs,
    merge(existing, incoming, { args, readField }) {
      const isFurtherPage = Boolean(args?.after) && Boolean(existing);
      if (!isFurtherPage) return incoming;
      return incoming ? joined(existing as CachedList, incoming, readField) : (existing ?? null);
    },
  };
}

/** The pages as one list. The ranking may have moved between two pages, so a product that is there already stays put. */
function joined(before: CachedList, page: CachedList, readField: ReadField): CachedList {
  const productOfEdge = (edge: StoreObject) => idOf(readField<StoreObject>("node", edge), readField);
  return {
    ...before,
    ...page,
    ...(page.edges && { edges: appended(before.edges ?? [], page.edges, productOfEdge) }),
    ...(page.nodes && { nodes: appended(before.nodes ?? [], page.nodes, (node) => idOf(node, readField)) }),
  };
}

function idOf(product: StoreObject | null | undefined, readField: ReadField): unknown {
  return product ? readField("id", product) : undefined;
}

function appended<T>(before: readonly T[], page: readonly T[], keyOf: (entry: T) => unknown): readonly T[] {
  const known = new Set(before.map(keyOf));
  return [...before, ...page.filter((entry) => keyOf(entry) === undefined || !known.has(keyOf(entry)))];
}
