import type { FastifyRequest } from "fastify";
import type { IntakeResult, InteractionIntake, RawInteraction } from "../domain/engine.js";
import { type BodyRoute, NotAllowedError } from "./bodyDoor.js";
import { canWriteUsers, WRITE_REQUIREMENT } from "./caller.js";
import type { FailureReport } from "./errors.js";

export interface InteractionParts {
  readonly intake: InteractionIntake;
  readonly failures: FailureReport;
  readonly requestSeconds: () => number;
}

/**
 * `POST /interactions`: events as a JSON array or as NDJSON, answered when they are committed. One that may not be written
 * refuses the whole call; one that makes no sense is rejected alone and reported.
 */
export function interactionRoute({ intake, failures, requestSeconds }: InteractionParts): BodyRoute {
  return {
    url: "/interactions",
    what: "the events",
    busyCode: "INTERACTIONS_BUSY",
    take: async (body, format, request) =>
      answerOf(await intake.recordBody(body, format, (events) => requireOwn(request, events))),
    unavailable: failures.interactionsUnavailable,
    requestSeconds,
  };
}

function requireOwn({ caller }: FastifyRequest, events: readonly RawInteraction[]): void {
  if (canWriteUsers(caller, events.map(userIdOf))) return;
  throw new NotAllowedError(`Cannot take the events: ${WRITE_REQUIREMENT}`);
}

/** As the decoder reads it: 42 and "42" are one shopper, and empty text is none. What is no id is nobody's own. */
function userIdOf(event: RawInteraction | null | undefined): string | null {
  const userId = event?.user_id;
  if (userId === undefined || userId === null || userId === "") return null;
  return typeof userId === "object" ? "" : String(userId);
}

function answerOf({ accepted, duplicates, rejected, nRejected }: IntakeResult) {
  return { accepted, duplicates, rejected, rejected_count: nRejected };
}
