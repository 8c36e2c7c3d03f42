import type { FastifyRequest } from "fastify";
import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import type { Caller } from "./caller.js";
import { RateLimitedError } from "./errors.js";

/** Counts the requests of each caller of this process, and refuses those beyond the limit. */
export interface RateLimit {
  /** @throws RateLimitedError, later, when this caller has had its requests of the minute; null for a stranger */
  count(request: FastifyRequest, caller: Caller | null): Promise<void>;
}

const WINDOW_SECONDS = 60;

/**
 * A minute begins with a caller's first request. The limit is read at every request, so that a change acts on minutes that
 * are running; 0 counts nobody. Each process counts for itself.
 */
export function createRateLimit(requestsPerMinute: () => number): RateLimit {
  const limiter = new RateLimiterMemory({ points: 0, duration: WINDOW_SECONDS });
  return {
    async count(request, caller) {
      const limit = requestsPerMinute();
      if (limit === 0) return;
      limiter.points = limit;
      await limiter.consume(keyOf(request, caller)).catch(refuse);
    },
  };
}

function refuse({ msBeforeNext }: RateLimiterRes): never {
  throw new RateLimitedError(Math.max(1, Math.ceil(msBeforeNext / 1000)));
}

/** The shopper where one is known, and otherwise the address, which only the router may speak for. */
function keyOf({ headers, ip }: FastifyRequest, caller: Caller | null): string {
  if (caller !== null && caller.userId !== null) return `user ${caller.userId}`;
  const forwarded = caller?.isViaRouter ? lastAddress(headers["x-forwarded-for"]) : "";
  return `address ${forwarded === "" ? ip : forwarded}`;
}

/** The router adds what it saw at the end; whatever stands before it was said by somebody else. */
function lastAddress(forwardedFor: string | string[] | undefined): string {
  const addresses = String(forwardedFor ?? "").split(",");
  return addresses[addresses.length - 1].trim();
}
