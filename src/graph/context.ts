import type { Administration } from "../domain/administration.js";
import type { DeadLetterDesk } from "../domain/deadLetters.js";
import type { InteractionIntake } from "../domain/engine.js";
import type { Insight } from "../domain/insight.js";
import { AnswerTurns } from "./answerTurns.js";
import type { Caller } from "./caller.js";
import type { CursorCodec } from "./cursor.js";
import type { EngineBatcher } from "./engineBatcher.js";
import type { FailureReport } from "./errors.js";
import { createListLoader, type ListLoader } from "./listLoader.js";
import { RequestBudget } from "./requestBudget.js";
import { TimeLimit } from "./timeLimit.js";

/** What the requests of a server share. */
export interface SharedParts {
  readonly engine: EngineBatcher;
  readonly intake: InteractionIntake;
  readonly admin: Administration;
  readonly insight: Insight;
  readonly deadLetters: DeadLetterDesk;
  readonly cursors: CursorCodec;
  readonly failures: FailureReport;
  /** Seconds for which public answers may be kept, now. */
  readonly publicMaxAge: () => number;
  /** Seconds that a request may take, now. */
  readonly requestSeconds: () => number;
}

/** What resolvers know of one request. */
export interface GraphContext extends SharedParts {
  readonly caller: Caller;
  readonly lists: ListLoader;
  readonly budget: RequestBudget;
  readonly turns: AnswerTurns;
  readonly time: TimeLimit;
  /** Entity types among the request's representations. */
  entityTypes: readonly string[];
  /** True once a list has taken what the shopper is doing right now into account: nobody may keep such an answer. */
  usesContext: boolean;
}

/** A fresh context: loaders and budget live as long as one request. */
export function createContext(parts: SharedParts, caller: Caller): GraphContext {
  const budget = new RequestBudget();
  const time = new TimeLimit(parts.requestSeconds());
  const lists = createListLoader(parts.engine, budget, time);
  return { ...parts, caller, budget, time, lists, turns: new AnswerTurns(), entityTypes: [], usesContext: false };
}
