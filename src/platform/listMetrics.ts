import { Counter, Histogram, type Registry } from "prom-client";
import type { RecommendationEngine } from "../domain/engine.js";
import type { Latency, ListPerformance } from "../domain/overview.js";
import {
  RECOMMENDATION_SOURCES,
  type RecommendationList,
  type RecommendationSource,
} from "../domain/recommendation.js";

/** What a monitor, or somebody who looks, is told of the lists of one process. */
export interface ListMetrics {
  /** The same engine, its lists counted by the rung that answered, its batches timed. */
  countLists(engine: RecommendationEngine): RecommendationEngine;
  /** What was counted so far. */
  listPerformance(): Promise<ListPerformance>;
}

const SECONDS = [0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Metrics of lists; at most once in a registry. */
export function createListMetrics(registry: Registry): ListMetrics {
  const lists = new Counter({
    name: "recommender_lists_total",
    help: "Lists computed, by the rung of the ladder that answered.",
    labelNames: ["source"],
    registers: [registry],
  });
  // From zero: the first fallback would otherwise look like no increase.
  for (const source of RECOMMENDATION_SOURCES) lists.inc({ source }, 0);
  const seconds = new Histogram({
    name: "recommender_lists_seconds",
    help: "Seconds in which a batch of lists was computed; requests that arrive together share one.",
    buckets: SECONDS,
    registers: [registry],
  });
  const since = new Date();
  return {
    countLists: (engine) => ({
      async recommend(requests) {
        const stop = seconds.startTimer();
        const answered = await engine.recommend(requests).finally(stop);
        for (const [source, nLists] of countBySource(answered)) lists.inc({ source }, nLists);
        return answered;
      },
    }),
    async listPerformance() {
      const counted = (await lists.get()).values.map(({ labels, value }) => [labels.source, value] as const);
      const listsBySource = new Map(counted) as ReadonlyMap<RecommendationSource, number>;
      return { since, listsBySource, latency: latencyOf((await seconds.get()).values) };
    },
  };
}

/** A batch touches a counter once per source, not once per list. */
function countBySource(lists: readonly RecommendationList[]): Map<RecommendationSource, number> {
  const counts = new Map<RecommendationSource, number>();
  for (const { source } of lists) counts.set(source, (counts.get(source) ?? 0) + 1);
  return counts;
}

/** Prometheus counts in each bucket what the shorter ones hold, too. */
function latencyOf(samples: readonly { readonly labels: object; readonly value: number }[]): Latency {
  const ends = samples.filter(({ labels }) => "le" in labels) as { labels: { le: number | string }; value: number }[];
  const buckets = ends.map(({ labels, value }, i) => {
    return { upTo: labels.le === "+Inf" ? Infinity : Number(labels.le), nBatches: value - (ends[i - 1]?.value ?? 0) };
  });
  return { nBatches: ends.at(-1)?.value ?? 0, buckets };
}
