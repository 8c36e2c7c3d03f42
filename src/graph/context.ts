import type { Administration } from "../domain/administration.js";
import type { InteractionIntake, RecommendationEngine } from "../domain/engine.js";
import type { Insight } from "../domain/insight.js";
import { AnswerTurns } from "./answerTurns.js";
import type { Caller } from "./caller.js";
import type { CursorCodec } from "./cursor.js";
import type { FailureReport } from "./errors.js";
import { createListLoader, type ListLoader } from "./listLoader.js";
import { RequestBudget } from "./requestBudget.js";

/** What the requests of a server share. */
export interface SharedParts {
  readonly engine: RecommendationEngine;
  readonly intake: InteractionIntake;
  readonly admin: Administration;
  readonly insight: Insight;
  readonly cursors: CursorCodec;
  readonly failures: FailureReport;
  /** Seconds for which public answers may be kept, now. */
  readonly publicMaxAge: () => number;
}

/** What resolvers know of one request. */
export interface GraphContext extends SharedParts {
  readonly caller: Caller;
  readonly lists: ListLoader;
  readonly budget: RequestBudget;
  readonly turns: AnswerTurns;
  /** Entity types among the request's representations. */
  entityTypes: readonly string[];
  /** True once a list has taken what the shopper is doing right now into account: nobody may keep such an answer. */
  usesContext: boolean;
}

/** A fresh context: loaders and budget live as long as one request. */
export function createContext(parts: SharedParts, caller: Caller): GraphContext {
  const budget = new RequestBudget();
  const lists = createListLoader(parts.engine, budget);
  return { ...parts, caller, budget, lists, turns: new AnswerTurns(), entityTypes: [], usesContext: false };
}
