import type { RecommendationEngine } from "../domain/engine.js";
import type { ListRequest, RecommendationList } from "../domain/recommendation.js";
import { LateError, type TimeLimit } from "./timeLimit.js";

/** Most lists in one call of the engine. */
export const MAX_BATCH_LISTS = 1000;
/** A second batch gathers and loads while the first one computes; a third would only wait in the engine. */
export const MAX_BATCHES_IN_FLIGHT = 2;
/** Calls of one batch that may fail before it counts as no list's fault: enough to find one list among a thousand. */
export const MAX_FAILED_CALLS = 16;

/** A list, or why there is none. */
export type ListAnswer = RecommendationList | Error;

interface Waiting {
  readonly requests: readonly ListRequest[];
  readonly resolve: (lists: readonly ListAnswer[]) => void;
}

/** An engine whose callers wait no longer than they may; a call that is late before it was made is not made at all. */
export interface EngineBatcher {
  recommend(requests: readonly ListRequest[], time: TimeLimit): Promise<readonly ListAnswer[]>;
}

/**
 * The same engine, but calls of one tick, from whichever HTTP requests, become one call: one statement and one scorer
 * batch instead of many. It may bring at most MAX_BATCH_LISTS lists. A batch that fails is asked for again in halves, so
 * that a list which cannot be computed fails alone; `explain` turns the cause, or being late, into the error it gets.
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

  function enqueue(requests: readonly ListRequest[]): Promise<readonly ListAnswer[]> {
    return new Promise((resolve) => {
      queue.push({ requests, resolve });
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
  const requests = batch.flatMap((waiting) => waiting.requests);
  const answers = await answerEach(engine, requests, explain);
  let from = 0;
  for (const { requests, resolve } of batch) {
    resolve(answers.slice(from, from + requests.length));
    from += requests.length;
  }
}

/** One cause fails a batch: the first is explained, and is what every list that fails with it gets. */
async function answerEach(
  engine: RecommendationEngine,
  requests: readonly ListRequest[],
  explain: (cause: unknown) => Error,
): Promise<readonly ListAnswer[]> {
  let error: Error | null = null;
  let nFailed = 0;
  const ask = async (part: readonly ListRequest[]): Promise<readonly ListAnswer[]> => {
    if (error !== null && nFailed >= MAX_FAILED_CALLS) return part.map(() => error as Error);
    try {
      return await engine.recommend(part);
    } catch (cause) {
      nFailed++;
      error ??= explain(cause);
      if (part.length === 1) return [error];
      const middle = part.length >> 1;
      return [...(await ask(part.slice(0, middle))), ...(await ask(part.slice(middle)))];
    }
  };
  return ask(requests);
}
