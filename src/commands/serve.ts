import { randomBytes } from "node:crypto";
import path from "node:path";
import { type Config, requireAuthInProduction } from "../config.js";
import type { Administration } from "../domain/administration.js";
import { oldestKeptMs } from "../domain/retention.js";
import { createGraphServer, type GraphServer } from "../graph/server.js";
import { forgetRejects } from "../ingest/forgetRejects.js";
import { createIntake } from "../ingest/intake.js";
import { createProductIntake } from "../ingest/productIntake.js";
import { createWriteBatcher } from "../ingest/writeBatcher.js";
import type { DatabaseEvent } from "../platform/embeddedPostgres.js";
import type { Lifecycle } from "../platform/lifecycle.js";
import { createListCache, type ListCache, type ListCacheEvent } from "../platform/listCache.js";
import type { Logger } from "../platform/logger.js";
import { createMetrics, type Metrics } from "../platform/metrics.js";
import { requireFreePort } from "../platform/requireFreePort.js";
import type { Steps } from "../platform/steps.js";
import { loadBackend, type TensorBackend } from "../scorer/backend.js";
import { createTensorScorer } from "../scorer/tensorScorer.js";
import { boundedHistories, type HistoriesEvent } from "../serving/boundedHistories.js";
import { LiveState, type LiveStateEvent } from "../serving/liveState.js";
import { countMatches } from "../serving/merchandise.js";
import { ProductVersion } from "../serving/productVersion.js";
import { type Readiness, readinessOf } from "../serving/readiness.js";
import { createRecommender } from "../serving/recommender.js";
import { createCatalogueSource } from "../store/catalogueSource.js";
import { ChangeListener, type ChangeListenerEvent } from "../store/changeListener.js";
import { createErasedShoppers } from "../store/erasedShoppers.js";
import { createInteractionWriter } from "../store/interactionWriter.js";
import { createMerchandisingRules, type StoredRules } from "../store/merchandisingRules.js";
import { createModelStore } from "../store/modelStore.js";
import { loadCursorSecret } from "../store/secrets.js";
import { createSettingsSource, type StoredSettings } from "../store/settingsSource.js";
import { type ExampleSubjects, exampleSubjects } from "../store/shopFacts.js";
import { createShopperHistories } from "../store/shopperHistories.js";
import { createStreamWriter } from "../store/streamWriter.js";
import { createTrendSource } from "../store/trendSource.js";
import { exampleQueries } from "./exampleQueries.js";
import { firstStart } from "./firstStart.js";
import { followTrainings } from "./followTrainings.js";
import { logCommandEvent, openAdministration, startDesk } from "./openAdministration.js";
import { openConsumer } from "./openConsumer.js";
import { openDeadLetters } from "./openDeadLetters.js";
import { openInsight } from "./openInsight.js";
import { openShop, requireDatabase, type Shop } from "./openShop.js";
import { type Process, runUntilSignal } from "./runUntilSignal.js";
import { startRetention } from "./startRetention.js";
import { startTrainingRole } from "./trainingRole.js";

/** `recommender serve`, and `npm start`: bring up what is missing, then answer until a signal. */
export async function serve(config: Config, steps: Steps): Promise<void> {
  requireAuthInProduction(config);
  requireDatabase(config);
  await requireFreePort(config.HOST, config.PORT);
  await runUntilSignal(config, (own) => startParts(config, steps, own));
}

async function startParts(config: Config, steps: Steps, { logger, lifecycle }: Process): Promise<void> {
  // First of all, so that one asked for in vain is heard of before an import and a training.
  const backend = await loadBackend({ choice: config.TF_BACKEND, nativeDir: config.TFJS_NODE_DIR });
  const onEvent = (event: DatabaseEvent) => logEvent(logger, event);
  const shop = await openShop(config, steps, { lifecycle, mode: "own", onEvent });
  const imported = await firstStart(config, shop, steps, lifecycle);

  const settings = openSettings(shop, logger);
  const rules = createMerchandisingRules(shop.database, (problem) => logger.error({ problem }, "rule refused"));
  const live = await steps.run(
    "serving",
    () => startLiveState(config, shop, { backend, settings, rules, logger, lifecycle }),
    ({ state, backendName }) => `model ${state.modelVersion ?? "none yet"}, scorer on ${backendName}`,
  );
  startRetention(shop.database, () => keptMonths(live.state), { logger, lifecycle });
  const adminToken = randomBytes(24).toString("base64url");
  const examples = config.NODE_ENV === "production" ? NO_EXAMPLES : await exampleSubjects(shop.database);
  const metrics = createMetrics({
    backendName: live.backendName,
    modelVersion: () => live.state.modelVersion,
    stateAgeMs: () => live.state.ageMs(),
    nRefusedSettings: settings.nRefused,
    nRefusedRules: rules.nRefused,
    trainings: followTrainings(shop.database, lifecycle),
  });
  for (const count of imported) metrics.countEvents({ source: "file", ...count });
  const { administration, desk } = openAdministration(shop.database, settings, {
    forgetFiles: (names) => forgetRejects(path.join(config.DATA_DIR, "rejects.ndjson"), names),
    nMatching: (rule) => countMatches(rule, live.state.current().served.catalogue),
    onEvent: (event) => logCommandEvent(logger, event),
  });
  startDesk(desk, lifecycle);
  const held = startConsumer(config, shop, { state: live.state, metrics, logger }, lifecycle);
  const readiness = () => withReasons(readinessOf(live.state), held());
  const cache = await openListCache(config, live, { logger, lifecycle });
  const parts = { state: live.state, cache, administration, metrics, readiness, logger };
  const server = await startServer(config, shop, parts, { adminToken, examples });
  lifecycle.add("server", () => server.close());
  if (trainsInServe(config)) await startTrainingRole(config, shop, logger, lifecycle);
  const address = await server.listen();
  announce(config, steps, address, { adminToken, examples });
}

function trainsInServe({ TRAINING_IN_SERVE, NODE_ENV }: Config): boolean {
  return TRAINING_IN_SERVE === "auto" ? NODE_ENV !== "production" : TRAINING_IN_SERVE === "yes";
}

const NO_EXAMPLES: ExampleSubjects = { products: [], userIds: [] };

/** What a development start hands to whoever started it. */
interface Welcome {
  readonly adminToken: string;
  readonly examples: ExampleSubjects;
}

/** What the server answers from, and how others see what it does. */
interface ServerParts {
  readonly state: LiveState;
  readonly cache: ListCache | null;
  readonly administration: Administration;
  readonly metrics: Metrics;
  readonly readiness: () => Readiness;
  readonly logger: Logger;
}

function withReasons({ ready, reasons }: Readiness, more: readonly string[]): Readiness {
  return { ready: ready && more.length === 0, reasons: [...reasons, ...more] };
}

/** Bring in the shop's topics where there are any. Returns what waits to be written, in words. */
function startConsumer(
  config: Config,
  shop: Shop,
  { state, metrics, logger }: Pick<ServerParts, "state" | "metrics" | "logger">,
  lifecycle: Lifecycle,
): () => string[] {
  if (config.KAFKA_BROKERS === null) return () => [];
  const consumer = openConsumer(config, {
    shop,
    logger,
    metrics,
    oldestMs: () => oldestKeptMs(Date.now(), keptMonths(state)),
  });
  lifecycle.add("consumer", () => consumer.stop());
  consumer.failed.catch(async (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    // Whoever restarts the service gives it a consumer again.
    await lifecycle.stop();
    process.exit(1);
  });
  return consumer.held;
}

function openSettings(shop: Shop, logger: Logger): StoredSettings {
  return createSettingsSource(shop.database, (problem) =>
    logger.error({ problem }, "stored setting refused, the last good value stands"),
  );
}

interface LiveParts {
  readonly backend: TensorBackend;
  readonly settings: StoredSettings;
  readonly rules: StoredRules;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
}

async function startLiveState(config: Config, shop: Shop, { backend, settings, rules, logger, lifecycle }: LiveParts) {
  logBackend(config, backend, logger);
  const productVersion = config.REDIS_URL === null ? undefined : new ProductVersion();
  const state = new LiveState({
    productVersion,
    models: createModelStore(shop.database),
    catalogue: createCatalogueSource(shop.database),
    settings,
    merchandising: rules,
    trends: createTrendSource(shop.database),
    erased: createErasedShoppers(shop.database),
    createScorer: (gates) => createTensorScorer(gates, backend),
    onEvent: (event) => logEvent(logger, event),
    clock: Date.now,
  });
  await state.refresh();
  state.start();
  lifecycle.add("live state", () => state.stop());
  const listener = new ChangeListener({
    url: shop.url,
    onChange: state.wake,
    onEvent: (event) => logEvent(logger, event),
  });
  lifecycle.add("change listener", () => listener.stop());
  await listener.start();
  return { state, productVersion, backendName: backend.name };
}

/** The cache of public lists, where there is a Redis; their state is the model, the settings and every product. */
async function openListCache(
  { REDIS_URL: url }: Config,
  { state, productVersion }: { state: LiveState; productVersion: ProductVersion | undefined },
  { logger, lifecycle }: Pick<LiveParts, "logger" | "lifecycle">,
): Promise<ListCache | null> {
  if (url === null || productVersion === undefined) return null;
  const rules = () => state.current().rules.merchandising.map(({ rule }) => rule);
  const stateName = () => JSON.stringify([state.modelVersion, productVersion.name, state.settings, rules()]);
  const cache = await createListCache({ url, stateName, onEvent: (event) => logEvent(logger, event) });
  lifecycle.add("list cache", () => cache.close());
  return cache;
}

/** What scores here, what was asked for and why better was passed over; a native one named in vain is worth a look. */
function logBackend({ TF_BACKEND, TFJS_NODE_DIR }: Config, { name, note }: TensorBackend, logger: Logger): void {
  const level = note !== null && TFJS_NODE_DIR !== null ? "warn" : "info";
  logger[level]({ backend: name, asked: TF_BACKEND, passedOver: note }, "scorer backend");
}

async function startServer(
  config: Config,
  shop: Shop,
  { state, cache, administration, metrics, readiness, logger }: ServerParts,
  { adminToken, examples }: Welcome,
): Promise<GraphServer> {
  const histories = boundedHistories(createShopperHistories(shop.database), (event) => logEvent(logger, event));
  const recommender = createRecommender({ histories, state: state.current });
  return createGraphServer({
    engine: metrics.countLists(cache === null ? recommender : cache.cached(recommender)),
    intake: createIntake({
      writer: createWriteBatcher(metrics.timeWrites(createInteractionWriter(shop.database))),
      clock: Date.now,
      oldestMs: () => oldestKeptMs(Date.now(), keptMonths(state)),
      countEvents: metrics.countEvents,
    }),
    products: createProductIntake({ writer: createStreamWriter(shop.database), clock: Date.now }),
    admin: administration,
    insight: openInsight(shop.database, {
      histories,
      state: state.current,
      settings: administration.settings,
      listPerformance: metrics.listPerformance,
    }),
    deadLetters: openDeadLetters(config, shop.database, () => oldestKeptMs(Date.now(), keptMonths(state))),
    settings: () => state.settings,
    cursorSecret: config.CURSOR_SECRET ?? (await loadCursorSecret(shop.database)),
    config,
    adminToken,
    logger,
    readiness,
    metrics: metrics.expose,
    examples: exampleQueries(examples),
  });
}

function keptMonths({ settings }: LiveState): number {
  return settings?.["retention.months"] ?? 0;
}

const GOOD_NEWS: ReadonlySet<string> = new Set([
  "modelSwapped",
  "refreshRecovered",
  "historiesBack",
  "databaseBack",
  "listenerBack",
  "listCacheBack",
]);

function logEvent(
  logger: Logger,
  event: LiveStateEvent | HistoriesEvent | DatabaseEvent | ChangeListenerEvent | ListCacheEvent,
): void {
  const { kind } = event;
  if (GOOD_NEWS.has(kind)) logger.info(event, kind);
  else if (kind === "modelRefused") logger.error({ version: event.version, err: event.error }, kind);
  else logger.warn({ err: (event as { error?: unknown }).error }, kind);
}

function announce(config: Config, steps: Steps, address: string, { adminToken, examples }: Welcome): void {
  if (config.NODE_ENV === "production") {
    steps.line(`Ready at ${address}/graphql`);
    return;
  }
  const [product] = examples.products;
  if (product !== undefined) steps.print("try", `product ${product.productId} (${product.name ?? "no name"})`);
  if (examples.userIds.length > 0) steps.print("try", `shopper ${examples.userIds[0]}`);
  steps.line(`Admin token, until this process ends: ${adminToken}`);
  steps.line(`  in GraphiQL, Headers: {"Authorization": "Bearer ${adminToken}"}`);
  steps.line(`Console: ${address}/console#token=${adminToken}`);
  steps.line(`Open ${address}/graphql`);
}
