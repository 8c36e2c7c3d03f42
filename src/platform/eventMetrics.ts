import { Counter, Histogram, type Registry } from "prom-client";
import { type CountEvents, EVENT_FATES, EVENT_SOURCES } from "../domain/eventCount.js";
import type { InteractionWriter } from "../domain/ports.js";

/** What a monitor is told of the events that come in. */
export interface EventMetrics {
  /** Counts events by door, action and fate. */
  readonly countEvents: CountEvents;
  /** The same writer, its transactions measured: how many interactions, how long. */
  timeWrites(writer: InteractionWriter): InteractionWriter;
}

/** Metrics of the live doors; at most once in a registry, whatever the number of doors. */
export function createEventMetrics(registry: Registry): EventMetrics {
  const events = new Counter({
    name: "recommender_events_total",
    help: "Events by the door they came through, their action and what became of them.",
    labelNames: ["source", "action", "fate"],
    registers: [registry],
  });
  // From zero, where a monitor will want to see the first: it would otherwise look like no increase.
  for (const source of EVENT_SOURCES) {
    for (const fate of EVENT_FATES) events.inc({ source, action: "other", fate }, 0);
  }
  const seconds = new Histogram({
    name: "recommender_interactions_write_seconds",
    help: "Seconds of one transaction that writes interactions, its wait for a connection included.",
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers: [registry],
  });
  const size = new Histogram({
    name: "recommender_interactions_write_size",
    help: "Interactions of one transaction, duplicates included.",
    buckets: [1, 10, 100, 500, 1000, 2500, 5000, 10000, 25000],
    registers: [registry],
  });
  return {
    countEvents: ({ source, action, fate, nEvents }) => events.inc({ source, action, fate }, nEvents),
    timeWrites: (writer) => ({
      async write(interactions) {
        const stop = seconds.startTimer();
        size.observe(interactions.length);
        return writer.write(interactions).finally(stop);
      },
    }),
  };
}
