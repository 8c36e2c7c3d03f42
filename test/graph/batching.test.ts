import { describe, expect, it } from "vitest";
import type { ListRequest } from "../../src/domain/recommendation.js";
import { createEngineBatcher, MAX_BATCH_LISTS, MAX_FAILED_CALLS } from "../../src/graph/engineBatcher.js";
import { TimeLimit } from "../../src/graph/timeLimit.js";
import { productRequest } from "../worlds/shop.js";
import { cannedEngine } from "./cannedEngine.js";
import { entitiesQuery, products, users, WHOLE_LIST } from "./entities.js";
import { counted, openGraph } from "./openGraph.js";

const ids = (n: number) => Array.from({ length: n }, (_, i) => `id ${i}`);

describe("a request", () => {
  it.each([1, 500])("of %i entities is one call of the engine", async (n) => {
    const engine = counted(cannedEngine());
    const graph = await openGraph({ engine });
    const query = entitiesQuery(`similarProducts ${WHOLE_LIST}`);
    const { data, errors } = await graph.query(query, { representations: products(...ids(n)) });
    expect(errors).toBeUndefined();
    expect(data._entities).toHaveLength(n);
    expect(engine.calls).toEqual([n]);
  });

  it("of many fields with different arguments is one call of the engine", async () => {
    const engine = counted(cannedEngine());
    const graph = await openGraph({ engine });
    const ofProduct = `
      a: similarProducts(first: 2) { nodes { id } }
      b: similarProducts(first: 2, strategy: CONTENT) { nodes { id } }
      c: similarProducts(filter: { maxPrice: 5 }) { nodes { id } }
      frequentlyBoughtTogether { nodes { id } }
      recommendations(first: 7) { nodes { id } }`;
    const ofUser = 'recommendations(context: { cartProductIds: ["x"] }) { nodes { id } }';
    await graph.query(entitiesQuery(ofProduct, ofUser), { representations: [...products("x", "y"), ...users("u")] });
    expect(engine.calls).toEqual([11]);
  });

  it("that asks for the same list twice computes it once", async () => {
    const engine = counted(cannedEngine());
    const graph = await openGraph({ engine });
    await graph.query("{ a: trendingProducts { nodes { id } } b: trendingProducts(first: 10) { nodes { id } } }");
    expect(engine.calls).toEqual([1]);
  });

  it("gets its lists in the order of its entities", async () => {
    const echo = (requests: readonly ListRequest[]) =>
      requests.map(({ subjectId }) => ({
        products: [
          { productId: `like ${subjectId}`, rank: 1, score: 1, reason: "POPULAR" as const, because: null, terms: [] },
        ],
        hasNextPage: false,
        source: "ITEM_TO_ITEM" as const,
        modelVersion: null,
      }));
    const graph = await openGraph({ engine: { recommend: async (requests) => echo(requests) } });
    const query = entitiesQuery("similarProducts { nodes { id } }");
    const { data } = await graph.query(query, { representations: products("a", "b", "a", "c") });
    // biome-ignore lint/suspicious/noExplicitAny: an answer
    const found = data._entities.map((entity: any) => entity.similarProducts.nodes[0].id);
    expect(found).toEqual(["like a", "like b", "like a", "like c"]);
  });
});

describe("requests of one moment", () => {
  it("share calls of the engine", async () => {
    const engine = counted(cannedEngine());
    const graph = await openGraph({ engine });
    const query = entitiesQuery("similarProducts { nodes { id } }");
    await Promise.all(["a", "b", "c", "d"].map((id) => graph.query(query, { representations: products(id) })));
    expect(engine.calls.length).toBeLessThanOrEqual(2);
    expect(engine.calls.reduce((sum, n) => sum + n)).toBe(4);
  });
});

describe("the batcher", () => {
  const request = (id: string) => productRequest("similar", id);
  /** An engine whose calls wait until the test lets them go. */
  function gatedEngine() {
    const open: { size: number; succeed: () => void; fail: (error: Error) => void }[] = [];
    const canned = cannedEngine();
    const recommend = (requests: readonly ListRequest[]) =>
      new Promise<Awaited<ReturnType<typeof canned.recommend>>>((resolve, reject) => {
        open.push({ size: requests.length, succeed: () => resolve(canned.recommend(requests)), fail: reject });
      });
    const batcher = createEngineBatcher({ recommend }, (cause) => new Error(`explained: ${cause}`));
    const patiently = (requests: readonly ListRequest[]) => batcher.recommend(requests, new TimeLimit(60));
    return { open, batcher: { recommend: patiently }, impatiently: batcher.recommend };
  }
  const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

  it("keeps at most two batches in flight and gathers the rest", async () => {
    const { open, batcher } = gatedEngine();
    const answers = [batcher.recommend([request("a")])];
    await tick();
    answers.push(batcher.recommend([request("b")]));
    await tick();
    answers.push(batcher.recommend([request("c")]), batcher.recommend([request("d"), request("e")]));
    await tick();
    await tick();
    expect(open.map((batch) => batch.size)).toEqual([1, 1]);
    open[0].succeed();
    await answers[0];
    await tick();
    await tick();
    expect(open.map((batch) => batch.size)).toEqual([1, 1, 3]);
    open[1].succeed();
    open[2].succeed();
    expect((await Promise.all(answers)).map((lists) => lists.length)).toEqual([1, 1, 1, 2]);
  });

  it("never brings more lists to one call than the engine is asked to take", async () => {
    const { open, batcher } = gatedEngine();
    const many = Array.from({ length: 700 }, (_, i) => request(`p${i}`));
    const answers = [batcher.recommend(many), batcher.recommend(many)];
    await tick();
    await tick();
    expect(open.map((batch) => batch.size)).toEqual([700, 700]);
    expect(700).toBeLessThan(MAX_BATCH_LISTS);
    for (const batch of open) batch.succeed();
    await Promise.all(answers);
  });

  it("forgets a call that has waited too long, and does not make one whose time is over", async () => {
    const { open, batcher, impatiently } = gatedEngine();
    const answers = [batcher.recommend([request("a")])];
    await tick();
    answers.push(batcher.recommend([request("b")]));
    await tick();
    const time = new TimeLimit(0.02);
    const late = "explained: Error: Cannot answer in time: the request has taken the 0.02 s it may take";
    await expect(impatiently([request("c")], time)).rejects.toThrow(late);
    await expect(impatiently([request("d")], time)).rejects.toThrow(late);
    for (const batch of open) batch.succeed();
    await Promise.all(answers);
    await tick();
    await tick();
    expect(open).toHaveLength(2);
  });

  it("fails only the lists of a failed batch, with the explained cause, and goes on", async () => {
    const { open, batcher } = gatedEngine();
    const lost = batcher.recommend([request("a")]);
    await tick();
    const kept = batcher.recommend([request("c")]);
    await tick();
    open[0].fail(new Error("no database"));
    open[1].succeed();
    expect((await kept)[0]).toMatchObject({ modelVersion: "7" });
    expect(await lost).toEqual([new Error("explained: Error: no database")]);
    const next = batcher.recommend([request("d")]);
    await tick();
    open[2].succeed();
    await expect(next).resolves.toHaveLength(1);
  });

  /** An engine that cannot compute the lists of these products, and counts how often it was asked in vain. */
  function engineWithout(...lost: string[]) {
    const canned = cannedEngine();
    const causes: unknown[] = [];
    const vain = { nCalls: 0 };
    const recommend = async (requests: readonly ListRequest[]) => {
      if (!requests.some(({ subjectId }) => lost.includes(subjectId ?? ""))) return canned.recommend(requests);
      vain.nCalls++;
      throw new Error("no such row");
    };
    const explain = (cause: unknown) => {
      causes.push(cause);
      return new Error("explained");
    };
    return { vain, causes, batcher: createEngineBatcher({ recommend }, explain) };
  }
  const thousand = Array.from({ length: 1000 }, (_, i) => request(`p${i}`));
  const placesOfErrors = (answers: readonly unknown[]) =>
    answers.flatMap((one, i) => (one instanceof Error ? [i] : []));

  it("finds the one list among a thousand that cannot be computed, and answers the others", async () => {
    const { vain, causes, batcher } = engineWithout("p617");
    const answers = await batcher.recommend(thousand, new TimeLimit(60));
    expect([answers.length, placesOfErrors(answers)]).toEqual([1000, [617]]);
    expect([vain.nCalls, causes.length]).toEqual([11, 1]);
  });

  it("of a few lists answers every one that can be computed", async () => {
    const { batcher } = engineWithout("p0", "p2", "p3");
    const answers = await batcher.recommend(thousand.slice(0, 6), new TimeLimit(60));
    expect(placesOfErrors(answers)).toEqual([0, 2, 3]);
  });

  it("does not ask list by list while nothing can be answered at all", async () => {
    const { vain, causes, batcher } = engineWithout(...thousand.map(({ subjectId }) => subjectId as string));
    const answers = await batcher.recommend(thousand, new TimeLimit(60));
    expect(placesOfErrors(answers)).toHaveLength(1000);
    expect([vain.nCalls, causes.length]).toEqual([MAX_FAILED_CALLS, 1]);
  });
});
