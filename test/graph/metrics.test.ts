import { describe, expect, it } from "vitest";
import type { RecommendationEngine } from "../../src/domain/engine.js";
import { createMetrics } from "../../src/platform/metrics.js";
import { cannedEngine } from "./cannedEngine.js";
import { openGraph } from "./openGraph.js";

/** A server whose model and state age the test may change. */
async function openMeasured(engine: RecommendationEngine = cannedEngine()) {
  const now: { modelVersion: string | null; stateAgeMs: number } = { modelVersion: null, stateAgeMs: 0 };
  const { expose, countLists } = createMetrics({
    backendName: "wasm",
    modelVersion: () => now.modelVersion,
    stateAgeMs: () => now.stateAgeMs,
    nRefusedSettings: () => 0,
  });
  const graph = await openGraph({ engine: countLists(engine), metrics: expose });
  const lines = async (name: string) => {
    const { body } = await graph.server.inject("/metrics");
    return body.split("\n").filter((line) => line.startsWith(name));
  };
  return { graph, now, lines };
}

const TWO_LISTS = `{ _entities(representations: [{__typename: "User", id: "u"}, {__typename: "Product", id: "p1"}]) {
  ... on User { recommendations(first: 1) { source } } ... on Product { similarProducts(first: 1) { source } } } }`;

describe("GET /metrics", () => {
  it("answers the text format of Prometheus, with what is known of any process", async () => {
    const { graph } = await openMeasured();
    const answer = await graph.server.inject("/metrics");
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.body).toMatch(/^# TYPE process_cpu_seconds_total counter$/m);
    expect(answer.body).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  });

  it("names the backend that scores", async () => {
    const { lines } = await openMeasured();
    expect(await lines("recommender_scorer_backend_info")).toEqual([
      'recommender_scorer_backend_info{backend="wasm"} 1',
    ]);
  });

  it("names the model that serves and, after a swap, no other", async () => {
    const { now, lines } = await openMeasured();
    expect(await lines("recommender_model_info")).toEqual([]);
    for (const version of ["1", "2"]) {
      now.modelVersion = version;
      expect(await lines("recommender_model_info")).toEqual([`recommender_model_info{version="${version}"} 1`]);
    }
  });

  it("says in seconds how old the product state is", async () => {
    const { now, lines } = await openMeasured();
    now.stateAgeMs = 6500;
    expect(await lines("recommender_product_state_age_seconds")).toEqual(["recommender_product_state_age_seconds 6.5"]);
  });

  it("counts lists by the rung that answered, from zero", async () => {
    const { graph, lines } = await openMeasured();
    const expected = (personalized: number, itemToItem: number) => [
      `recommender_lists_total{source="PERSONALIZED"} ${personalized}`,
      'recommender_lists_total{source="SESSION"} 0',
      `recommender_lists_total{source="ITEM_TO_ITEM"} ${itemToItem}`,
      'recommender_lists_total{source="FALLBACK_TRENDING"} 0',
      'recommender_lists_total{source="FALLBACK_POPULAR"} 0',
      'recommender_lists_total{source="FALLBACK_CATALOG"} 0',
    ];
    expect(await lines("recommender_lists_total")).toEqual(expected(0, 0));
    expect((await graph.query(TWO_LISTS)).errors).toBeUndefined();
    expect((await graph.server.inject("/recommend/u")).statusCode).toBe(200);
    expect(await lines("recommender_lists_total")).toEqual(expected(2, 1));
  });

  it("does not count a batch that failed, nor hide that it did", async () => {
    const { graph, lines } = await openMeasured({ recommend: () => Promise.reject(new Error("no lists today")) });
    expect((await graph.server.inject("/recommend/u")).statusCode).toBe(503);
    expect((await lines("recommender_lists_total")).filter((line) => !line.endsWith(" 0"))).toEqual([]);
  });
});
