import { createHash } from "node:crypto";
import { ConsecutiveBreaker, circuitBreaker, handleAll, TimeoutStrategy, timeout, wrap } from "cockatiel";
import { Redis } from "ioredis";
import type { RecommendationEngine } from "../domain/engine.js";
import type { ListRequest, RecommendationList } from "../domain/recommendation.js";

export type ListCacheEvent =
  | { readonly kind: "listCacheLost"; readonly error: unknown }
  | { readonly kind: "listCacheBack" };

export interface ListCacheOptions {
  readonly url: string;
  /** Names everything that lists are made from: model, settings, products. Another name, other lists. */
  readonly stateName: () => string;
  readonly onEvent: (event: ListCacheEvent) => void;
}

export interface ListCache {
  /** The same engine; lists that are the same for everybody are kept. */
  cached(engine: RecommendationEngine): RecommendationEngine;
  close(): Promise<void>;
}

/** A list takes less than a millisecond: what makes us wait longer than this is no help. */
const TIMEOUT_MS = 20;
const FAILURES_BEFORE_BREAK = 3;
const BREAK_MS = 5000;
/** What sells now and late products' places are not in the state's name; they are at most so much older. */
const EXPIRY_SECONDS = 10;

/** Placements whose lists do not look at the caller. */
const PUBLIC: ReadonlySet<string> = new Set(["product", "similar", "boughtTogether", "trending"]);

/**
 * A cache of public lists in Redis. Everything is right without it: while Redis is away, slow, empty or full of nonsense,
 * lists are computed; a shopper's are never kept. A list is kept under the name of the state it was made from, so one made
 * before a product was hidden is not found after.
 */
export async function createListCache({ url, stateName, onEvent }: ListCacheOptions): Promise<ListCache> {
  const redis = await openRedis(url);
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: BREAK_MS,
    breaker: new ConsecutiveBreaker(FAILURES_BEFORE_BREAK),
  });
  breaker.onBreak((reason) => {
    if ("error" in reason) onEvent({ kind: "listCacheLost", error: reason.error });
  });
  breaker.onReset(() => onEvent({ kind: "listCacheBack" }));
  const guard = wrap(breaker, timeout(TIMEOUT_MS, TimeoutStrategy.Aggressive));

  async function find(keys: readonly string[]): Promise<readonly (string | null)[]> {
    return guard.execute(() => redis.mget([...keys])).catch(() => []);
  }

  /** Nobody waits for it, and a failure is told by the breaker. */
  function keep(entries: readonly (readonly [string, RecommendationList])[]): void {
    if (entries.length === 0) return;
    const pipeline = redis.pipeline();
    for (const [key, list] of entries) pipeline.set(key, JSON.stringify(list), "EX", EXPIRY_SECONDS);
    guard
      .execute(async () => {
        const [failure] = (await pipeline.exec())?.flatMap(([error]) => error ?? []) ?? [];
        if (failure !== undefined) throw failure;
      })
      .catch(() => {});
  }

  return {
    cached: (engine) => ({
      async recommend(requests) {
        const state = stateName();
        const keys = requests.map((request) => (isPublic(request) ? keyOf(state, request) : null));
        if (keys.every((key) => key === null)) return engine.recommend(requests);
        const found = await find(keys.filter((key) => key !== null));
        // What was hidden while Redis was asked must not be shown: then everything found is of yesterday.
        const lists = state === stateName() ? placeFound(keys, found) : keys.map(() => null);
        const missing = requests.filter((_request, position) => lists[position] === null);
        const computed = missing.length === 0 ? [] : await engine.recommend(missing);
        keep(
          missing.flatMap((request, i) => (isPublic(request) ? [[keyOf(state, request), computed[i]] as const] : [])),
        );
        let next = 0;
        return lists.map((list) => list ?? computed[next++]);
      },
    }),
    close: async () => redis.disconnect(),
  };
}

/** Resolves when Redis has answered, or not: then it is asked again and again beside the requests. */
async function openRedis(url: string): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1000,
    retryStrategy: (nTries) => Math.min(nTries * 200, BREAK_MS),
  });
  // Without a listener a lost connection would be printed; the breaker tells it once.
  redis.on("error", () => {});
  await redis.connect().catch(() => {});
  return redis;
}

function isPublic({ placement, context }: ListRequest): boolean {
  return PUBLIC.has(placement) && context === null;
}

function keyOf(state: string, { placement, subjectId, first, strategy, filter, shown }: ListRequest): string {
  const asked = JSON.stringify([state, placement, subjectId, first, strategy, filter, [...shown]]);
  return `recommender:list:1:${createHash("sha256").update(asked).digest("base64url")}`;
}

/** The found lists in the places of their requests; null where nothing was found or kept. */
function placeFound(
  keys: readonly (string | null)[],
  found: readonly (string | null)[],
): readonly (RecommendationList | null)[] {
  let next = 0;
  return keys.map((key) => (key === null ? null : parseList(found[next++] ?? null)));
}

function parseList(text: string | null): RecommendationList | null {
  if (text === null) return null;
  try {
    const list = JSON.parse(text);
    return Array.isArray(list?.products) ? list : null;
  } catch {
    return null;
  }
}
