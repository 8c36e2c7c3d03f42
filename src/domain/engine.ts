import type { EventSource } from "./eventCount.js";
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
  /** The first `MAX_REPORTED` of them, in the order sent. */
  readonly rejected: readonly RejectedInteraction[];
  readonly nRejected: number;
}

/** Most rejected events of one call that are told one by one: whoever sends more of them makes one mistake often. */
export const MAX_REPORTED = 1000;

/** What became of messages on products: of those accepted, one older than what is stored has changed nothing. */
export interface ProductIntakeResult {
  readonly accepted: number;
  /** The first `MAX_REPORTED` of them, in the order sent. */
  readonly rejected: readonly RejectedInteraction[];
  readonly nRejected: number;
}

/** The way in for what a catalogue says of its products by HTTP. */
export interface ProductIntake {
  /**
   * Read messages of `product-updates` from the bytes of a request and bring them in; resolves once they are committed.
   *
   * @throws RecommenderError INVALID_INPUT when the bytes are not what the format says, MESSAGE_REFUSED when the store
   * will never take one
   */
  updateBody(body: Buffer, format: BodyFormat): Promise<ProductIntakeResult>;
}

/** How the events of a body are written: as one JSON array, or as one JSON object a line. */
export type BodyFormat = "json" | "ndjson";

/** The one way in for live events. Resolves once the accepted ones are committed. */
export interface InteractionIntake {
  record(events: readonly RawInteraction[], source: EventSource): Promise<IntakeResult>;
  /**
   * Read events from the bytes of a request and record them.
   *
   * @param check is shown the events before any is written; what it throws refuses all of them
   * @throws RecommenderError INVALID_INPUT when the bytes are not what the format says
   */
  recordBody(
    body: Buffer,
    format: BodyFormat,
    check: (events: readonly RawInteraction[]) => void,
  ): Promise<IntakeResult>;
}
