import type { ActionType } from "./interaction.js";

/** By which door an event came. */
export const EVENT_SOURCES = ["http", "graphql", "kafka", "file"] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

/**
 * What became of an event: it counts from now on; it had counted before; it makes no sense; it is older than what is
 * kept; it is a copy of one whose shopper was erased.
 */
export const EVENT_FATES = ["accepted", "duplicate", "rejected", "too_old", "erased"] as const;
export type EventFate = (typeof EVENT_FATES)[number];

/** So many events of one action came by one door to one end. An action the shop does not know is "other". */
export interface EventCount {
  readonly source: EventSource;
  readonly action: ActionType;
  readonly fate: EventFate;
  readonly nEvents: number;
}

/** Is told of every event once, after its fate is certain: an accepted one is committed. */
export type CountEvents = (count: EventCount) => void;
