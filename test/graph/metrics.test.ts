import { describe, expect, it } from "vitest";
import type { RecommendationEngine } from "../../src/domain/engine.js";
import type { TrainingRecord } from "../../src/domain/trainingRun.js";
import { createMetrics } from "../../src/platform/metrics.js";
import { cannedEngine } from "./cannedEngine.js";
import { openGraph } from "./openGraph.js";

interface Measured {
  modelVersion: string | null;
  stateAgeMs: number;
  nRefusedSettings: number;
  nRefusedRules: number;
  trainings: TrainingRecord | null;
}

/** A server whose model and state age the test may change. */
async function openMeasured(engine: RecommendationEngine = cannedEngine()) {
  const now: Measured = { modelVersion: null, stateAgeMs: 0, nRefusedSettings: 0, nRefusedRules: 0, trainings: null };
  const { expose, countLists } = createMetrics({
    backendName: "wasm",
    modelVersion: () => now.modelVersion,
    stateAgeMs: () => now.stateAgeMs,
    nRefusedSettings: () => now.nRefusedSettings,
    nRefusedRules: () => now.nRefusedRules,
    trainings: () => now.trainings,
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

  it("alarms when stored settings or rules cannot be", async () => {
    const { now, lines } = await openMeasured();
    expect(await lines("recommender_rules_refused")).toEqual(["recommender_rules_refused 0"]);
    now.nRefusedSettings = 1;
    now.nRefusedRules = 2;
    expect(await lines("recommender_settings_refused")).toEqual(["recommender_settings_refused 1"]);
    expect(await lines("recommender_rules_refused")).toEqual(["recommender_rules_refused 2"]);
  });

  it("tells of the trainings what is known, and nothing before anything is", async () => {
    const { now, lines } = await openMeasured();
    expect(await lines("recommender_training")).toEqual([]);
    const nothing = { succeeded: 0, refused: 0, failed: 0, cancelled: 0 };
    now.trainings = {
      nByOutcome: { ...nothing, succeeded: 3, failed: 1 },
      secondsByOutcome: { ...nothing, succeeded: 60.5 },
      ...{ nRunning: 1, nQueued: 0, lastSeconds: null, lastSuccessAt: null, nNotLearned: 1234 },
    };
    expect(await lines("recommender_training")).toEqual([
      'recommender_trainings_total{outcome="succeeded"} 3',
      'recommender_trainings_total{outcome="refused"} 0',
      'recommender_trainings_total{outcome="failed"} 1',
      'recommender_trainings_total{outcome="cancelled"} 0',
      'recommender_training_seconds_total{outcome="succeeded"} 60.5',
      'recommender_training_seconds_total{outcome="refused"} 0',
      'recommender_training_seconds_total{outcome="failed"} 0',
      'recommender_training_seconds_total{outcome="cancelled"} 0',
      "recommender_trainings_running 1",
      "recommender_trainings_queued 0",
      "recommender_training_new_interactions 1234",
    ]);
    now.trainings = { ...now.trainings, lastSeconds: 20, lastSuccessAt: new Date(Date.now() - 3_600_000) };
    expect(await lines("recommender_training_last_seconds")).toEqual(["recommender_training_last_seconds 20"]);
    const [age] = await lines("recommender_training_last_success_age_seconds");
    expect(Number(age.split(" ")[1])).toBeGreaterThanOrEqual(3600);
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
