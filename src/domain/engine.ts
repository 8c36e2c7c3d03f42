import type { ListRequest, RecommendationList } from "./recommendation.js";

/**
 * What the graph and HTTP ask of serving: lists for a batch of requests, in their order. An unknown user or product
 * gets the fallback ladder, never an error; a rejected promise means that nothing could be answered at all.
 */
export interface RecommendationEngine {
  recommend(requests: readonly ListRequest[]): Promise<readonly RecommendationList[]>;
}

/** One raw event as a client sends it, before decoding. */
export interface RawInteraction {
  readonly user_id?: unknown;
  readonly product_id?: unknown;
  readonly timestamp?: unknown;
  readonly action_type?: unknown;
  readonly value?: unknown;
  readonly session_id?: unknown;
  readonly order_id?: unknown;
  readonly event_id?: unknown;
  readonly quantity?: unknown;
  readonly price?: unknown;
}

export interface RejectedInteraction {
  /** Position in the sent list, from 0. */
  readonly index: number;
  readonly reason: string;
  readonly message: string;
}

export interface IntakeResult {
  readonly accepted: number;
  /** Events whose id had counted before; they change nothing. */
  readonly duplicates: number;
  readonly rejected: readonly RejectedInteraction[];
}

/** The one way in for events that arrive as values. Resolves once the accepted ones are committed. */
export interface InteractionIntake {
  record(events: readonly RawInteraction[]): Promise<IntakeResult>;
}
