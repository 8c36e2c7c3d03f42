import type { ObservableQuery, OperationVariables } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { useCallback, useEffect, useMemo } from "react";
import { askAnew, inTurn } from "./askAnew.js";
import type { RecommendationReason, RecommendationSource } from "./contract.js";
import {
  type DocumentOptions,
  type FirstVariables,
  type ListData,
  type ListPage,
  type ListQuery,
  type ProductVariables,
  recommendationDocuments,
  type SessionVariables,
  type ShopperVariables,
  type SimilarVariables,
  type TrendingVariables,
} from "./documents.js";

/** One product of a list and why it is there. */
export interface Recommendation<P> {
  readonly product: P;
  readonly rank: number;
  readonly reason: RecommendationReason;
  /** The product that the reason speaks of; null when there is none. */
  readonly because: P | null;
}

/** A ranked list as a page shows it. An outage makes it empty and says why in `error`; it never throws. */
export interface RecommendationList<P> {
  readonly items: readonly Recommendation<P>[];
  /** Which knowledge answered; null until the list is there. */
  readonly source: RecommendationSource | null;
  /** The list's name, to be sent back with what the shopper does with it. */
  readonly listId: string | null;
  /** True while there is nothing to show yet: the time for a skeleton. A refetch shows what was there before. */
  readonly isLoading: boolean;
  readonly error: Error | undefined;
  readonly hasMore: boolean;
  /** Append the next page. */
  loadMore(): Promise<void>;
  /** Ask for the first page anew. */
  refetch(): Promise<void>;
}

/** What every list hook takes beside the arguments of its field. */
export interface ListOptions {
  /** How many products a page has, 1 to 100. */
  readonly first?: number;
  /** True to ask nothing. */
  readonly skip?: boolean;
  /** Ask anew this often for all pages that are shown, so that what the catalogue hides leaves an open page. */
  readonly pollIntervalMs?: number;
}

type Options<V extends FirstVariables> = Omit<V, "first" | "productId"> & ListOptions;

/** One hook a list, all typed by the shop's own product. */
export interface RecommendationHooks<P> {
  /** What the signed-in shopper may like now. */
  useRecommendations(options?: Options<ShopperVariables>): RecommendationList<P>;
  /** What the signed-in shopper is due to buy again. */
  useBuyAgain(options?: Options<FirstVariables>): RecommendationList<P>;
  /** Alternatives to a product. */
  useSimilarProducts(productId: string, options?: Options<SimilarVariables>): RecommendationList<P>;
  /** What goes with a product. */
  useFrequentlyBoughtTogether(productId: string, options?: Options<ProductVariables>): RecommendationList<P>;
  /** What to show beside a product. */
  useProductRecommendations(productId: string, options?: Options<ProductVariables>): RecommendationList<P>;
  /** What the shop sells most these days. */
  useTrendingProducts(options?: Options<TrendingVariables>): RecommendationList<P>;
  /** What a visitor without an account may like. */
  useSessionRecommendations(options: Options<SessionVariables>): RecommendationList<P>;
}

/** The hooks of a shop, made once with the fragment that its product cards show. */
export function createRecommendationHooks<P>(options: DocumentOptions<P>): RecommendationHooks<P> {
  const documents = recommendationDocuments(options);
  return {
    useRecommendations: ({ first = 10, ...rest } = {}) => useList(documents.recommendations, { first, ...rest }),
    useBuyAgain: ({ first = 10, ...rest } = {}) => useList(documents.buyAgain, { first, ...rest }),
    useSimilarProducts: (productId, { first = 10, ...rest } = {}) =>
      useList(documents.similarProducts, { productId, first, ...rest }),
    useFrequentlyBoughtTogether: (productId, { first = 4, ...rest } = {}) =>
      useList(documents.frequentlyBoughtTogether, { productId, first, ...rest }),
    useProductRecommendations: (productId, { first = 10, ...rest } = {}) =>
      useList(documents.productRecommendations, { productId, first, ...rest }),
    useTrendingProducts: ({ first = 10, ...rest } = {}) => useList(documents.trendingProducts, { first, ...rest }),
    useSessionRecommendations: ({ first = 10, ...rest }) =>
      useList(documents.sessionRecommendations, { first, ...rest }),
  };
}

function useList<P, V extends FirstVariables>(
  query: ListQuery<P, V>,
  { skip = false, pollIntervalMs = 0, ...rest }: Omit<ListOptions, "first"> & V,
): RecommendationList<P> {
  const variables = rest as unknown as Omit<V, never>;
  const { data, previousData, loading, error, ...request } = useQuery<ListData<P>, OperationVariables>(query.document, {
    variables,
    skip,
    // A list that fails must leave the fields of the products' owners on the page.
    errorPolicy: "all",
    // What is known shows at once, and what the shopper did meanwhile is asked for.
    fetchPolicy: "cache-and-network",
  });
  // A context changes with every click: its list stays on the page until the next one is there.
  const page = pageOf(query, data ?? ("context" in variables ? previousData : undefined));
  usePoll(request.observable, skip ? 0 : pollIntervalMs);

  const endCursor = page?.pageInfo.endCursor ?? null;
  const loadMore = useCallback(async () => {
    if (endCursor === null) return;
    await inTurn(request.observable, () => request.fetchMore({ variables: { after: endCursor }, errorPolicy: "all" }));
  }, [request.observable, request.fetchMore, endCursor]);
  const refetch = useCallback(async () => {
    // The failure is in `error`; a caller that refetches on a click has nothing to add.
    await request.refetch().catch(() => undefined);
  }, [request.refetch]);

  return {
    items: useMemo(() => (skip ? [] : itemsOf(page)), [page, skip]),
    source: page?.source ?? null,
    listId: page?.listId ?? null,
    isLoading: !skip && loading && page === undefined,
    error,
    hasMore: page?.pageInfo.hasNextPage ?? false,
    loadMore,
    refetch,
  };
}

/** Apollo's own poll asks for the first page alone. */
function usePoll<T>(query: ObservableQuery<T, OperationVariables>, intervalMs: number): void {
  useEffect(() => {
    if (intervalMs === 0) return;
    let isAsking = false;
    const timer = setInterval(async () => {
      if (isAsking || document.hidden) return;
      isAsking = true;
      // One that fails is followed by the next.
      await askAnew(query).catch(() => undefined);
      isAsking = false;
    }, intervalMs);
    return () => clearInterval(timer);
  }, [query, intervalMs]);
}

/** The list in an answer: null while it is unavailable, undefined while there is no answer. */
function pageOf<P>({ owner, field }: ListQuery<P, never>, data: object | undefined) {
  if (data === undefined) return undefined;
  const fields = data as ListData<P>;
  const parent = owner === null ? fields : fields[owner];
  return (parent as Readonly<Record<string, ListPage<P> | null>> | null | undefined)?.[field] ?? null;
}

/** What can be shown: a product that the catalogue does not know any more is left out. */
function itemsOf<P>(page: ListPage<P> | null | undefined): readonly Recommendation<P>[] {
  return (page?.edges ?? []).flatMap(({ node, rank, reason, because }) =>
    node === null ? [] : [{ product: node, rank, reason, because }],
  );
}
