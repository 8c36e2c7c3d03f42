import { idProblem } from "../domain/ids.js";
import { type KnownProduct, type Latency, latencyQuantile, type Overview } from "../domain/overview.js";
import { requireAdmin } from "./caller.js";
import type { GraphContext } from "./context.js";
import { badUserInput } from "./errors.js";

interface ProductArguments {
  readonly ids?: readonly string[] | null;
  readonly search?: string | null;
  readonly first?: number | null;
}

/** The SDL says the same. */
const MAX_MINUTES = 1440;
const DEFAULT_MINUTES = 180;
const MAX_IDS = 500;
const MAX_FOUND = 100;
const DEFAULT_FOUND = 20;
/** No name is longer, and a search costs by its words. */
const MAX_SEARCH_LENGTH = 200;

/** Resolvers of what the console shows besides lists, settings, trainings and rules. */
export const adminOverview = {
  Query: {
    async recommendationOverview(_root: unknown, args: { minutes?: number | null }, { caller, insight }: GraphContext) {
      requireAdmin(caller, "read the overview");
      const minutes = readNumber("read the overview: minutes", args.minutes ?? DEFAULT_MINUTES, MAX_MINUTES);
      return shownOverview(await insight.overview(minutes));
    },
    async recommendationProducts(_root: unknown, args: ProductArguments, { caller, insight }: GraphContext) {
      requireAdmin(caller, "look up products");
      const first = readNumber("look up products: first", args.first ?? DEFAULT_FOUND, MAX_FOUND);
      if (args.ids) return (await insight.productsOf(readIds(args.ids))).map(shownProduct);
      return (await insight.searchProducts(readSearch(args.search), first)).map(shownProduct);
    },
    async recommendationShoppers(_root: unknown, args: { first?: number | null }, { caller, insight }: GraphContext) {
      requireAdmin(caller, "look up shoppers");
      const first = readNumber("look up shoppers: first", args.first ?? DEFAULT_FOUND, MAX_FOUND);
      return (await insight.sampleShoppers(first)).map((id) => ({ id }));
    },
  },
};

function readNumber(what: string, value: number, most: number): number {
  if (value >= 1 && value <= most) return value;
  throw badUserInput(`Cannot ${what} from 1 to ${most} is required, found ${value}`);
}

function readIds(ids: readonly string[]): readonly string[] {
  if (ids.length > MAX_IDS) {
    throw badUserInput(`Cannot look up products: at most ${MAX_IDS} ids are required, found ${ids.length}`);
  }
  const problem = ids.map(idProblem).find((one) => one !== null);
  if (problem === undefined) return ids;
  throw badUserInput(`Cannot look up products: valid ids are required, found one that ${problem}`);
}

function readSearch(search: string | null = null): string {
  if (search === null) throw badUserInput("Cannot look up products: ids or search is required, found neither");
  if (search.length <= MAX_SEARCH_LENGTH && !search.includes("\0")) return search;
  throw badUserInput(`Cannot look up products: a search of at most ${MAX_SEARCH_LENGTH} characters is required`);
}

function shownOverview({ since, arrivals, listsBySource, latency }: Overview) {
  return {
    countedSince: since.toISOString(),
    arrivals: arrivals.map(({ minute, action, nEvents }) => ({
      minute: minute.toISOString(),
      action,
      events: nEvents,
    })),
    lists: [...listsBySource].map(([source, lists]) => ({ source, lists })),
    latency: shownLatency(latency),
  };
}

function shownLatency(latency: Latency) {
  const inMs = (share: number) => {
    const seconds = latencyQuantile(latency, share);
    return seconds === null ? null : seconds * 1000;
  };
  const buckets = latency.buckets.map(({ upTo, nBatches }) => {
    return { upToMs: upTo === Infinity ? null : upTo * 1000, batches: nBatches };
  });
  return { batches: latency.nBatches, p50Ms: inMs(0.5), p95Ms: inMs(0.95), p99Ms: inMs(0.99), buckets };
}

function shownProduct({ productId, ...facts }: KnownProduct) {
  return { ...facts, id: productId };
}
