import { act, cleanup, configure, renderHook, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { recommendationDocuments, useRecordInteraction } from "../src/index.js";
import { CARD, hooks, openGraph, page, product, shopper } from "./graph.js";

const idsOf = ({ items }: { items: readonly { product: { id: string } }[] }) => items.map((item) => item.product.id);

// What is waited for takes its time on a busy machine; nothing here asserts a duration.
configure({ asyncUtilTimeout: 20_000 });
// A list that still polls when the file is over asks a page that is gone.
afterEach(cleanup);

describe("a list", () => {
  it("has its products in order, each with the reason and the product that the reason speaks of", async () => {
    const { wrapper } = openGraph({
      ShopperRecommendations: () => ({ data: shopper({ recommendations: page(["a", "b"], { because: "z" }) }) }),
    });
    const { result } = renderHook(() => hooks.useRecommendations({ first: 2 }), { wrapper });
    expect(result.current.isLoading).toBe(true);
    await waitFor(() => expect(idsOf(result.current)).toEqual(["a", "b"]));
    expect(result.current.isLoading).toBe(false);
    expect(result.current.source).toBe("PERSONALIZED");
    expect(result.current.items[0]).toMatchObject({ reason: "BECAUSE_YOU_BOUGHT", because: { name: "Product z" } });
  });

  it("leaves out a product that the catalogue does not know any more", async () => {
    const { wrapper } = openGraph({ TrendingProducts: () => ({ data: { trendingProducts: page(["a", "", "c"]) } }) });
    const { result } = renderHook(() => hooks.useTrendingProducts(), { wrapper });
    await waitFor(() => expect(idsOf(result.current)).toEqual(["a", "c"]));
  });

  it("is empty for a stranger, who is no shopper", async () => {
    const { wrapper } = openGraph({ BuyAgain: () => ({ data: { me: null } }) });
    const { result } = renderHook(() => hooks.useBuyAgain(), { wrapper });
    await waitFor(() => expect(result.current.isLoading).toBe(false));
    expect(result.current.items).toEqual([]);
    expect(result.current.error).toBeUndefined();
  });

  it("is empty and says why while the engine is stopped", async () => {
    const { wrapper } = openGraph({
      SimilarProducts: () => ({
        data: product("p", { similarProducts: null }),
        errors: [{ message: "The engine is away" }],
      }),
    });
    const { result } = renderHook(() => hooks.useSimilarProducts("p"), { wrapper });
    await waitFor(() => expect(result.current.error?.message).toBe("The engine is away"));
    expect(result.current.items).toEqual([]);
    expect(result.current.isLoading).toBe(false);
  });

  it("is empty and says why when nobody answers, and a refetch does not throw", async () => {
    let isUp = false;
    const { wrapper } = openGraph({
      TrendingProducts: () => {
        if (!isUp) throw new Error("No connection");
        return { data: { trendingProducts: page(["a"]) } };
      },
    });
    const { result } = renderHook(() => hooks.useTrendingProducts(), { wrapper });
    await waitFor(() => expect(result.current.error?.message).toBe("No connection"));
    expect(result.current.items).toEqual([]);
    await act(() => result.current.refetch());
    isUp = true;
    await act(() => result.current.refetch());
    await waitFor(() => expect(idsOf(result.current)).toEqual(["a"]));
    expect(result.current.error).toBeUndefined();
  });

  it("vanishes when the engine stops under an open page, and comes back with it", async () => {
    let isUp = true;
    const { wrapper } = openGraph({
      TrendingProducts: () =>
        isUp
          ? { data: { trendingProducts: page(["a"]) } }
          : { data: { trendingProducts: null }, errors: [{ message: "Away" }] },
    });
    const { result } = renderHook(() => hooks.useTrendingProducts(), { wrapper });
    await waitFor(() => expect(idsOf(result.current)).toEqual(["a"]));
    isUp = false;
    await act(() => result.current.refetch());
    await waitFor(() => expect(result.current.items).toEqual([]));
    isUp = true;
    await act(() => result.current.refetch());
    await waitFor(() => expect(idsOf(result.current)).toEqual(["a"]));
  });

  it("asks nothing when it is skipped", async () => {
    const { wrapper, asked } = openGraph({});
    const { result } = renderHook(() => hooks.useTrendingProducts({ skip: true }), { wrapper });
    expect(result.current).toMatchObject({ items: [], isLoading: false });
    expect(asked).toEqual([]);
  });

  it("of another product never shows the products of the one before", async () => {
    const { wrapper } = openGraph({
      SimilarProducts: ({ productId }) => ({
        data: product(String(productId), { similarProducts: page([`like-${productId}`]) }),
      }),
    });
    const seen: string[][] = [];
    const { result, rerender } = renderHook(
      ({ id }) => {
        const list = hooks.useSimilarProducts(id);
        if (id === "q") seen.push(idsOf(list));
        return list;
      },
      { wrapper, initialProps: { id: "p" } },
    );
    await waitFor(() => expect(idsOf(result.current)).toEqual(["like-p"]));
    rerender({ id: "q" });
    await waitFor(() => expect(idsOf(result.current)).toEqual(["like-q"]));
    expect(seen.flat()).not.toContain("like-p");
  });

  it("of a visit stays on the page until the list of the new context is there", async () => {
    const { wrapper } = openGraph({
      SessionRecommendations: ({ context }) => ({
        data: {
          sessionRecommendations: page([`with-${(context as { cartProductIds: string[] }).cartProductIds.join("-")}`]),
        },
      }),
    });
    const seen: string[][] = [];
    const { result, rerender } = renderHook(
      ({ cart }) => {
        const list = hooks.useSessionRecommendations({ context: { cartProductIds: cart } });
        seen.push(idsOf(list));
        return list;
      },
      { wrapper, initialProps: { cart: ["a"] } },
    );
    await waitFor(() => expect(idsOf(result.current)).toEqual(["with-a"]));
    seen.length = 0;
    rerender({ cart: ["a", "b"] });
    await waitFor(() => expect(idsOf(result.current)).toEqual(["with-a-b"]));
    expect(seen).not.toContainEqual([]);
  });
});

describe("pages", () => {
  const pages: Record<string, ReturnType<typeof page>> = {
    start: page(["a", "b"], { more: "cursor-b" }),
    // The ranking has moved: b is met again, and stays where it is.
    "cursor-b": page(["b", "c"], { more: "cursor-c" }),
  };

  function openPages() {
    return openGraph({
      ShopperRecommendations: ({ after }) => {
        const found = pages[String(after ?? "start")];
        if (!found) return { data: shopper({ recommendations: null }), errors: [{ message: "Away" }] };
        return { data: shopper({ recommendations: found }) };
      },
    });
  }

  it("join the ones before, without a product twice", async () => {
    const { wrapper } = openPages();
    const { result } = renderHook(() => hooks.useRecommendations({ first: 2 }), { wrapper });
    await waitFor(() => expect(result.current.hasMore).toBe(true));
    await act(() => result.current.loadMore());
    await waitFor(() => expect(idsOf(result.current)).toEqual(["a", "b", "c"]));
  });

  it("that fail leave those that are there", async () => {
    const { wrapper, timesAsked } = openPages();
    const { result } = renderHook(() => hooks.useRecommendations({ first: 2 }), { wrapper });
    await waitFor(() => expect(result.current.hasMore).toBe(true));
    await act(() => result.current.loadMore());
    await waitFor(() => expect(idsOf(result.current)).toEqual(["a", "b", "c"]));
    await act(() => result.current.loadMore());
    expect(timesAsked("ShopperRecommendations")).toBe(3);
    expect(idsOf(result.current)).toEqual(["a", "b", "c"]);
  });

  it("begin anew with a refetch", async () => {
    const { wrapper } = openPages();
    const { result } = renderHook(() => hooks.useRecommendations({ first: 2 }), { wrapper });
    await waitFor(() => expect(result.current.hasMore).toBe(true));
    await act(() => result.current.loadMore());
    await waitFor(() => expect(idsOf(result.current)).toHaveLength(3));
    await act(() => result.current.refetch());
    await waitFor(() => expect(idsOf(result.current)).toEqual(["a", "b"]));
  });

  describe("that stay in one list", () => {
    const ranking = ["a", "b", "c", "d"];
    const openRanking = () =>
      openGraph({
        ShopperRecommendations: ({ first, after }) => {
          const start = after ? ranking.indexOf(String(after)) + 1 : 0;
          const ids = ranking.slice(start, start + Number(first));
          return { data: shopper({ recommendations: page(ids, { more: ids.at(-1) ?? null }) }) };
        },
        RecordInteractions: () => ({ data: { recordInteractions: null } }),
      });
    afterEach(() => ranking.splice(0, ranking.length, "a", "b", "c", "d"));

    it("are asked for anew together, so that what the catalogue hides leaves any of them", async () => {
      const { wrapper } = openRanking();
      const list = () => hooks.useRecommendations({ first: 2, pollIntervalMs: 30 });
      const { result } = renderHook(list, { wrapper });
      await waitFor(() => expect(idsOf(result.current)).toEqual(["a", "b"]));
      await act(() => result.current.loadMore());
      await waitFor(() => expect(idsOf(result.current)).toEqual(["a", "b", "c", "d"]));
      ranking.splice(2, 1);
      await waitFor(() => expect(idsOf(result.current)).toEqual(["a", "b", "d"]));
      ranking.push("e");
      await act(() => result.current.loadMore());
      await waitFor(() => expect(idsOf(result.current)).toEqual(["a", "b", "d", "e"]));
    });

    it("are asked for no more when the list has left the page", async () => {
      const { wrapper, timesAsked } = openRanking();
      const list = () => hooks.useRecommendations({ first: 2, pollIntervalMs: 5 });
      const { result, unmount } = renderHook(list, { wrapper });
      await waitFor(() => expect(idsOf(result.current)).toEqual(["a", "b"]));
      await waitFor(() => expect(timesAsked("ShopperRecommendations")).toBeGreaterThan(1));
      unmount();
      const aWhile = () => new Promise((resolve) => setTimeout(resolve, 50));
      // What was being asked is asked to its end.
      await aWhile();
      const asked = timesAsked("ShopperRecommendations");
      await aWhile();
      expect(timesAsked("ShopperRecommendations")).toBe(asked);
    });

    it("do not vanish from under the reader who puts something into the cart", async () => {
      const { wrapper, timesAsked } = openRanking();
      const { result } = renderHook(
        () => ({ list: hooks.useRecommendations({ first: 2 }), record: useRecordInteraction({ userId: "17850" }) }),
        { wrapper },
      );
      await waitFor(() => expect(idsOf(result.current.list)).toEqual(["a", "b"]));
      await act(() => result.current.list.loadMore());
      await waitFor(() => expect(idsOf(result.current.list)).toHaveLength(4));
      ranking.reverse();
      await act(() => result.current.record({ productId: "a", action: "ADD_TO_CART" }));
      await waitFor(() => expect(idsOf(result.current.list)).toEqual(["d", "c", "b", "a"]));
      expect(timesAsked("ShopperRecommendations")).toBe(3);
    });
  });

  it("of four are not answered from a list of twenty elsewhere on the screen", async () => {
    const { wrapper } = openGraph({
      TrendingProducts: ({ first }) => ({ data: { trendingProducts: page(first === 1 ? ["a"] : ["a", "b", "c"]) } }),
    });
    const { result } = renderHook(
      () => [hooks.useTrendingProducts({ first: 1 }), hooks.useTrendingProducts({ first: 3 })] as const,
      { wrapper },
    );
    await waitFor(() => expect(idsOf(result.current[1])).toEqual(["a", "b", "c"]));
    expect(idsOf(result.current[0])).toEqual(["a"]);
  });
});

describe("what a shopper does", () => {
  it("is recorded with shopper, visit, time and an id, and the personal lists on the page are asked for anew", async () => {
    const graph = openGraph({
      RecordInteractions: () => ({
        data: {
          recordInteractions: { __typename: "RecordInteractionsResult", accepted: 1, duplicates: 0, rejected: [] },
        },
      }),
      ShopperRecommendations: () => ({ data: shopper({ recommendations: page(["a"]) }) }),
      TrendingProducts: () => ({ data: { trendingProducts: page(["t"]) } }),
    });
    const { result } = renderHook(
      () => ({
        list: hooks.useRecommendations(),
        trending: hooks.useTrendingProducts(),
        record: useRecordInteraction({ userId: "17850", sessionId: "visit" }),
      }),
      { wrapper: graph.wrapper },
    );
    await waitFor(() => expect(idsOf(result.current.list)).toEqual(["a"]));
    const outcome = await act(() => result.current.record({ productId: "a", action: "VIEW" }));
    expect(outcome).toMatchObject({ accepted: 1 });
    await waitFor(() => expect(graph.timesAsked("ShopperRecommendations")).toBe(2));
    expect(graph.timesAsked("TrendingProducts")).toBe(1);
    const recorded = graph.asked.filter(({ name }) => name === "RecordInteractions");
    const [event] = recorded[0].variables.events as object[];
    expect(event).toMatchObject({ productId: "a", action: "VIEW", userId: "17850", sessionId: "visit" });
    expect(event).toMatchObject({ eventId: expect.any(String), timestamp: expect.stringMatching(/Z$/) });
  });

  it("breaks no page when nobody can be reached", async () => {
    const { wrapper } = openGraph({
      RecordInteractions: () => {
        throw new Error("No connection");
      },
    });
    const { result } = renderHook(() => useRecordInteraction({ sessionId: "visit" }), { wrapper });
    await expect(result.current({ productId: "a", action: "VIEW" })).resolves.toBeNull();
  });
});

it("a fragment on something else than Product is refused", () => {
  const onUser = JSON.parse(JSON.stringify(CARD).replace('"Product"', '"User"'));
  expect(() => recommendationDocuments({ product: onUser })).toThrow(
    "Cannot ask for recommendations: a fragment on Product is required, found one on User",
  );
});
