import type { RecommendationEngine } from "../domain/engine.js";
import type { ListRequest, RecommendationList } from "../domain/recommendation.js";
import { LateError, type TimeLimit } from "./timeLimit.js";

/** Most lists in one call of the engine. */
export const MAX_BATCH_LISTS = 1000;
/** A second batch gathers and loads while the first one computes; a third would only wait in the engine. */
export const MAX_BATCHES_IN_FLIGHT = 2;

interface Waiting {
  readonly requests: readonly ListRequest[];
  readonly resolve: (lists: readonly RecommendationList[]) => void;
  readonly reject: (error: unknown) => void;
}

/** An engine whose callers wait no longer than they may; a call that is late before it was made is not made at all. */
export interface EngineBatcher {
  recommend(requests: readonly ListRequest[], time: TimeLimit): Promise<readonly RecommendationList[]>;
}

/**
 * The same engine, but calls of one tick, from whichever HTTP requests, become one call: one statement and one scorer
 * batch instead of many. A call is never split; it may bring at most MAX_BATCH_LISTS lists. A failed batch fails the
 * calls in it and no other; `explain` turns its cause, or being late, into the error they all get.
 */
export function createEngineBatcher(engine: RecommendationEngine, explain: (cause: unknown) => Error): EngineBatcher {
  const queue: Waiting[] = [];
  let nInFlight = 0;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled || queue.length === 0 || nInFlight >= MAX_BATCHES_IN_FLIGHT) return;
    isScheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    isScheduled = false;
    if (queue.length === 0) return;
    nInFlight++;
    void answer(engine, takeBatch(queue), explain).finally(() => {
      nInFlight--;
      schedule();
    });
    schedule();
  }

  function enqueue(requests: readonly ListRequest[]): Promise<readonly RecommendationList[]> {
    return new Promise((resolve, reject) => {
      queue.push({ requests, resolve, reject });
      schedule();
    });
  }

  return {
    async recommend(requests, time) {
      try {
        return await time.within(() => enqueue(requests));
      } catch (error) {
        if (!(error instanceof LateError)) throw error;
        removeFrom(queue, requests);
        throw explain(error);
      }
    },
  };
}

/** Under load, what nobody waits for any more must not hold up what somebody does. */
function removeFrom(queue: Waiting[], requests: readonly ListRequest[]): void {
  const place = queue.findIndex((waiting) => waiting.requests === requests);
  if (place >= 0) queue.splice(place, 1);
}

function takeBatch(queue: Waiting[]): Waiting[] {
  let nLists = queue[0].requests.length;
  let nTaken = 1;
  while (nTaken < queue.length && nLists + queue[nTaken].requests.length <= MAX_BATCH_LISTS) {
    nLists += queue[nTaken].requests.length;
    nTaken++;
  }
  return queue.splice(0, nTaken);
}

async function answer(
  engine: RecommendationEngine,
  batch: readonly Waiting[],
  explain: (cause: unknown) => Error,
): Promise<void> {
  try {
    const lists = await engine.recommend(batch.flatMap((waiting) => waiting.requests));
    let from = 0;
    for (const { requests, resolve } of batch) {
      resolve(lists.slice(from, from + requests.length));
      from += requests.length;
    }
  } catch (cause) {
    const error = explain(cause);
    for (const { reject } of batch) reject(error);
  }
}
