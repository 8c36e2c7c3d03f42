import { expect, it, onTestFinished, vi } from "vitest";
import { type ListRequest, NO_FILTER, type Placement } from "../../src/domain/recommendation.js";
import { createListCache, type ListCacheEvent } from "../../src/platform/listCache.js";
import { cannedEngine } from "../graph/cannedEngine.js";
import { counted } from "../graph/openGraph.js";
import { freePort } from "../tools/freePort.js";
import { PATIENCE } from "../tools/patience.js";
import { describeWithRedis, startRedis } from "../tools/redisServer.js";

function request(subjectId: string, placement: Placement = "similar"): ListRequest {
  const plain = { strategy: "AUTO", filter: NO_FILTER, context: null, shown: new Uint32Array(0) } as const;
  return { placement, subjectId, first: 3, ...plain };
}

async function open(url: string) {
  const events: ListCacheEvent["kind"][] = [];
  const state = { name: "one" };
  const engine = counted(cannedEngine());
  const cache = await createListCache({ url, stateName: () => state.name, onEvent: ({ kind }) => events.push(kind) });
  onTestFinished(() => cache.close());
  return { events, state, engine, recommend: cache.cached(engine).recommend };
}

/** A cache that has connected and kept the list of product a. */
async function openFilled(url: string) {
  const opened = await open(url);
  await vi.waitFor(async () => {
    await opened.recommend([request("a")]);
    const nCalls = opened.engine.calls.length;
    await opened.recommend([request("a")]);
    expect(opened.engine.calls.length).toBe(nCalls);
  }, PATIENCE);
  opened.engine.calls.length = 0;
  return opened;
}

describeWithRedis("the cache of public lists", () => {
  it("serves what it kept, in its place, and computes the rest in one call", async () => {
    const { url } = await startRedis();
    const { engine, recommend } = await openFilled(url);
    const asked = [request("b"), request("a"), request("c", "trending"), request("a")];
    const lists = await recommend(asked);
    expect(engine.calls).toEqual([2]);
    expect(lists).toEqual(await cannedEngine().recommend(asked));
  });

  it("never keeps a shopper's list, nor one that knows what a visitor does", async () => {
    const { url, client } = await startRedis();
    const { engine, recommend } = await openFilled(url);
    await client.flushall();
    const context = { viewedProductIds: ["x"], cartProductIds: [] };
    const personal = [
      request("u", "user"),
      request("u", "buyAgain"),
      request("u", "session"),
      request("u", "cart"),
      { ...request("a"), context },
    ];
    await recommend(personal);
    await recommend(personal);
    expect(engine.calls).toEqual([5, 5]);
    expect(await client.keys("*")).toEqual([]);
  });

  it("keeps lists of different questions apart, and forgets them after seconds", async () => {
    const { url, client } = await startRedis();
    const { engine, recommend } = await openFilled(url);
    const others = [
      { ...request("a"), first: 4 },
      { ...request("a"), shown: Uint32Array.of(7) },
      { ...request("a"), filter: { ...NO_FILTER, minPrice: 1 } },
      request("a", "boughtTogether"),
    ];
    for (const other of others) await recommend([other]);
    expect(engine.calls).toEqual([1, 1, 1, 1]);
    const [key] = await client.keys("*");
    expect(await client.ttl(key)).toBeGreaterThan(0);
    expect(await client.ttl(key)).toBeLessThanOrEqual(10);
  });

  it("finds nothing of a state that is over, also when it ends while Redis is asked", async () => {
    const { url } = await startRedis();
    const { engine, state, recommend } = await openFilled(url);
    const asked = recommend([request("a")]);
    state.name = "two";
    await asked;
    await recommend([request("a")]);
    expect(engine.calls).toEqual([1, 1]);
  });

  it("flushed, or full of nonsense, costs a computation", async () => {
    const { url, client } = await startRedis();
    const { engine, events, recommend } = await openFilled(url);
    await client.flushall();
    const expected = await cannedEngine().recommend([request("a")]);
    expect(await recommend([request("a")])).toEqual(expected);
    const key = await vi.waitFor(async () => {
      const [kept] = await client.keys("*");
      expect(kept).toBeDefined();
      return kept;
    }, PATIENCE);
    for (const nonsense of ["{", "null", '{"products": 1}']) {
      await client.set(key, nonsense);
      expect(await recommend([request("a")])).toEqual(expected);
    }
    expect(engine.calls).toEqual([1, 1, 1, 1]);
    expect(events).toEqual([]);
  });

  it("hung is asked a few times, told once and then left alone; when it answers again it helps again", async () => {
    const { url, process: redis } = await startRedis();
    const { engine, events, recommend } = await openFilled(url);
    const expected = await cannedEngine().recommend([request("a")]);
    redis.kill("SIGSTOP");
    for (let n = 0; n < 10; n++) expect(await recommend([request("a")])).toEqual(expected);
    expect(engine.calls).toHaveLength(10);
    expect(events).toEqual(["listCacheLost"]);
    redis.kill("SIGCONT");
    await vi.waitFor(async () => {
      await recommend([request("a")]);
      expect(events).toEqual(["listCacheLost", "listCacheBack"]);
    }, PATIENCE);
  });

  it("refused, lists come all the same", async () => {
    const { events, recommend } = await open(`redis://127.0.0.1:${await freePort()}`);
    const expected = await cannedEngine().recommend([request("a")]);
    for (let n = 0; n < 10; n++) expect(await recommend([request("a")])).toEqual(expected);
    expect(events).toEqual(["listCacheLost"]);
  });
});
