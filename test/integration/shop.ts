import { randomUUID } from "node:crypto";
import { Registry } from "prom-client";
import { onTestFinished } from "vitest";
import { openAdministration } from "../../src/commands/openAdministration.js";
import { openDeadLetters } from "../../src/commands/openDeadLetters.js";
import { openInsight } from "../../src/commands/openInsight.js";
import { readConfig } from "../../src/config.js";
import type { Administration } from "../../src/domain/administration.js";
import type { RecommendationEngine } from "../../src/domain/engine.js";
import type { Insight } from "../../src/domain/insight.js";
import { createGraphServer, type GraphServer } from "../../src/graph/server.js";
import { createIntake } from "../../src/ingest/intake.js";
import { createProductIntake } from "../../src/ingest/productIntake.js";
import { createListMetrics } from "../../src/platform/listMetrics.js";
import { createLogger } from "../../src/platform/logger.js";
import { loadBackend } from "../../src/scorer/backend.js";
import { createTensorScorer } from "../../src/scorer/tensorScorer.js";
import { boundedHistories } from "../../src/serving/boundedHistories.js";
import { LiveState, type LiveStateEvent } from "../../src/serving/liveState.js";
import { countMatches } from "../../src/serving/merchandise.js";
import { createRecommender } from "../../src/serving/recommender.js";
import { createBulkWriter } from "../../src/store/bulkWriter.js";
import { createCatalogueSource } from "../../src/store/catalogueSource.js";
import type { Database } from "../../src/store/database.js";
import { createErasedShoppers } from "../../src/store/erasedShoppers.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { createMerchandisingRules } from "../../src/store/merchandisingRules.js";
import { createModelStore } from "../../src/store/modelStore.js";
import { createSettingsSource } from "../../src/store/settingsSource.js";
import { createShopperHistories } from "../../src/store/shopperHistories.js";
import { createStreamWriter } from "../../src/store/streamWriter.js";
import { createTrainingRuns } from "../../src/store/trainingRuns.js";
import { createTrainingSource } from "../../src/store/trainingSource.js";
import { createTrendSource } from "../../src/store/trendSource.js";
import type { OpenFitter } from "../../src/training/fitter.js";
import { runTraining } from "../../src/training/runTraining.js";
import { catalogueProduct, interaction } from "../store/interactions.js";

/** Makes an administrator of whoever shows it to a replica. */
export const ADMIN_TOKEN: string = randomUUID();

const TEA = ["teapot", "teacup", "saucer", "strainer", "sugar bowl"];
const GARDEN = ["spade", "rake", "hose", "gloves", "seeds"];
const DAY_MS = 86_400_000;
const BEGIN_MS = Date.UTC(2026, 0, 5);

/** Two circles of taste in a real database: tea shoppers and garden shoppers, each without one product of theirs. */
export async function fillTwoCircles(database: Database): Promise<void> {
  const writer = createBulkWriter(database);
  const named = (names: string[], category: string) =>
    names.map((name) => catalogueProduct(name, { category, tags: [] }));
  await writer.writeProducts([...named(TEA, "Tea"), ...named(GARDEN, "Garden")]);
  const deeds = [];
  for (let shopper = 0; shopper < 40; shopper++) {
    const circle = shopper % 2 === 0 ? TEA : GARDEN;
    const left = (shopper >> 1) % circle.length;
    for (let p = 0; p < circle.length; p++) {
      const occurredAtMs = BEGIN_MS + (shopper + p) * DAY_MS;
      if (p !== left) deeds.push(interaction({ userId: `s${shopper}`, productId: circle[p], occurredAtMs }));
    }
  }
  await writer.writeInteractions(deeds);
}

export async function train(database: Database, openFitter?: OpenFitter) {
  const backend = await loadBackend({ choice: "wasm", nativeDir: null });
  const ports = {
    source: createTrainingSource(database),
    models: createModelStore(database),
    settings: createSettingsSource(database, () => {}),
    clock: Date.now,
  };
  const run = await createTrainingRuns(database).begin(
    { reason: "test", requestedBy: null, idempotencyKey: null },
    "test",
  );
  return runTraining(ports, { backend, openFitter }, run, () => {});
}

/** What a serving replica is made of, over a real database, with the scorer's calls counted. */
export async function openReplica(database: Database) {
  const events: LiveStateEvent[] = [];
  const scorerCalls: number[] = [];
  const backend = await loadBackend({ choice: "wasm", nativeDir: null });
  const problems: string[] = [];
  const settings = createSettingsSource(database, (problem) => problems.push(problem));
  const state = new LiveState({
    models: createModelStore(database),
    catalogue: createCatalogueSource(database),
    settings,
    merchandising: createMerchandisingRules(database, (problem) => problems.push(problem)),
    trends: createTrendSource(database),
    erased: createErasedShoppers(database),
    createScorer: (gates) => {
      const scorer = createTensorScorer(gates, backend);
      return {
        ...scorer,
        score: (batch, weight) => {
          scorerCalls.push(batch.placement.length);
          return scorer.score(batch, weight);
        },
      };
    },
    onEvent: (event) => events.push(event),
    clock: Date.now,
  });
  await state.refresh();
  const { desk, administration } = openAdministration(database, settings, {
    nMatching: (rule) => countMatches(rule, state.current().served.catalogue),
    onEvent: () => {},
  });
  const histories = boundedHistories(createShopperHistories(database), () => {});
  const { countLists, listPerformance } = createListMetrics(new Registry());
  const engine = countLists(createRecommender({ histories, state: state.current }));
  const seen = { histories, state: state.current, settings: administration.settings, listPerformance };
  const insight = openInsight(database, seen);
  const server = await openServer(database, state, { engine, administration, insight });
  return { state, events, problems, scorerCalls, engine, server, desk, settings };
}

async function openServer(
  database: Database,
  state: LiveState,
  {
    engine,
    administration,
    insight,
  }: {
    engine: RecommendationEngine;
    administration: Administration;
    insight: Insight;
  },
): Promise<GraphServer> {
  const config = readConfig({ PORT: "0" });
  const server = await createGraphServer({
    engine,
    intake: createIntake({ writer: createInteractionWriter(database), clock: () => BEGIN_MS + 90 * DAY_MS }),
    products: createProductIntake({ writer: createStreamWriter(database), clock: Date.now }),
    admin: administration,
    insight,
    deadLetters: openDeadLetters(config, database, () => 0),
    settings: () => state.settings,
    cursorSecret: "shared by all replicas of this test",
    config,
    adminToken: ADMIN_TOKEN,
    logger: createLogger("error"),
    readiness: () => ({ ready: true, reasons: [] }),
    metrics: async () => ({ contentType: "text/plain", text: "" }),
    examples: [],
  });
  onTestFinished(() => server.close());
  return server;
}

export interface ListAnswer {
  readonly source: string;
  readonly modelVersion: string | null;
  readonly edges: { node: { id: string }; reason: string; because: { id: string } | null }[];
}

/** Lists of several shoppers in one `_entities` request. */
export async function listsFor(server: GraphServer, userIds: readonly string[], first = 3): Promise<ListAnswer[]> {
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { recommendations(first: ${first}) {
    source modelVersion edges { node { id } reason because { id } } } } } }`;
  const variables = { r: userIds.map((id) => ({ __typename: "User", id })) };
  const answer = await server.inject({ method: "POST", url: "/graphql", payload: { query, variables } });
  const { data, errors } = answer.json();
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data._entities.map((entity: { recommendations: ListAnswer }) => entity.recommendations);
}

export function idsOf(list: ListAnswer): string[] {
  return list.edges.map((edge) => edge.node.id);
}
