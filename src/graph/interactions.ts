import type { IntakeResult, RawInteraction } from "../domain/engine.js";
import { requireWriter } from "./caller.js";
import type { GraphContext } from "./context.js";
import { badUserInput } from "./errors.js";

/** Most events of one call. */
export const MAX_EVENTS = 1000;

/** One event as the schema names it; the action already in the word of the wire. */
export interface InteractionInput {
  readonly userId?: string | null;
  readonly productId: string;
  readonly action: string;
  readonly timestamp: string;
  readonly value?: number | null;
  readonly sessionId?: string | null;
  readonly orderId?: string | null;
  readonly eventId?: string | null;
  readonly quantity?: number | null;
  readonly price?: number | null;
}

/**
 * Hand events to the intake. One that may not be written refuses the whole call; one that makes no sense is rejected
 * alone and reported.
 */
export async function recordInteractions(
  events: readonly InteractionInput[],
  { caller, intake, failures, time }: GraphContext,
): Promise<IntakeResult> {
  if (events.length > MAX_EVENTS) {
    throw badUserInput(`Cannot record interactions: at most ${MAX_EVENTS} events are required, found ${events.length}`);
  }
  requireWriter(
    caller,
    events.map((event) => event.userId),
  );
  try {
    return await time.within(() => intake.record(events.map(toWire), "graphql"));
  } catch (cause) {
    throw failures.interactionsUnavailable(cause);
  }
}

function toWire(event: InteractionInput): RawInteraction {
  return {
    user_id: event.userId,
    product_id: event.productId,
    timestamp: event.timestamp,
    action_type: event.action,
    value: event.value,
    session_id: event.sessionId,
    order_id: event.orderId,
    event_id: event.eventId,
    quantity: event.quantity,
    price: event.price,
  };
}
