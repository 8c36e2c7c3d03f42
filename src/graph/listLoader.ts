import DataLoader from "dataloader";
import type { ListRequest, RecommendationList } from "../domain/recommendation.js";
import type { CursorCodec } from "./cursor.js";
import { type EngineBatcher, MAX_BATCH_LISTS } from "./engineBatcher.js";
import type { ListArguments } from "./listArguments.js";
import { LIST_FIELDS, type ListField } from "./listFields.js";
import type { RequestBudget } from "./requestBudget.js";
import type { TimeLimit } from "./timeLimit.js";

/** One list that a field of a request asks for. */
export interface ListQuery {
  readonly field: ListField;
  /** The shopper or the product; null for trending. */
  readonly subjectId: string | null;
  readonly args: ListArguments;
  /** Hashes of what earlier pages showed. */
  readonly shown: Uint32Array;
}

/** Stands for a list that the request's budget does not allow. */
export const OVER_BUDGET = Symbol("over budget");

type Loaded = RecommendationList | typeof OVER_BUDGET;
export type ListLoader = DataLoader<ListQuery, Loaded, string>;

const NOTHING_SHOWN = new Uint32Array(0);

/** A checked query; a cursor of another list is refused here. */
export function listQuery(
  field: ListField,
  subjectId: string | null,
  args: ListArguments,
  cursors: CursorCodec,
): ListQuery {
  if (args.after === null) return { field, subjectId, args, shown: NOTHING_SHOWN };
  const shown = cursors.open(args.after, { field, subjectId, argumentsKey: args.key });
  return { field, subjectId, args, shown };
}

/**
 * The lists of one request. Whatever the fields and arguments, the lists of one tick are one call of the engine, and
 * the same list asked for twice is computed once. A request over its budget computes nothing more and gets one error.
 */
export function createListLoader(engine: EngineBatcher, budget: RequestBudget, time: TimeLimit): ListLoader {
  const loadLists = async (queries: readonly ListQuery[]) => {
    if (budget.mayCompute()) return engine.recommend(queries.map(requestOf), time);
    const error = budget.refuseOnce();
    return queries.map((_, i) => (i === 0 && error !== null ? error : OVER_BUDGET));
  };
  return new DataLoader<ListQuery, Loaded, string>(loadLists, {
    cacheKeyFn: keyOf,
    maxBatchSize: MAX_BATCH_LISTS,
  });
}

function requestOf({ field, subjectId, args, shown }: ListQuery): ListRequest {
  const { first, strategy, filter, context } = args;
  const placement = args.isAtCart ? "cart" : LIST_FIELDS[field].placement;
  return { placement, subjectId, first, strategy, filter, context, shown };
}

function keyOf({ field, subjectId, args }: ListQuery): string {
  return JSON.stringify([field, subjectId, args.first, args.after, args.key]);
}
