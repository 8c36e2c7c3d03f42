import type { RecommendationEngine } from "../../src/domain/engine.js";
import type { ShopperHistory } from "../../src/domain/ports.js";
import { type ListRequest, NO_FILTER } from "../../src/domain/recommendation.js";
import { DEFAULT_SETTINGS, type SettingValues, SIGNAL_NAMES, type SignalName } from "../../src/domain/setting.js";
import { decodeModel } from "../../src/model/artifact.js";
import { loadBackend } from "../../src/scorer/backend.js";
import { createTensorScorer } from "../../src/scorer/tensorScorer.js";
import { createRecommender } from "../../src/serving/recommender.js";
import { prepareServedModel } from "../../src/serving/servedModel.js";
import { servingRules } from "../../src/serving/servingRules.js";
import { createCatalogueSource } from "../../src/store/catalogueSource.js";
import type { Database } from "../../src/store/database.js";
import { createModelStore } from "../../src/store/modelStore.js";
import { createShopperHistories } from "../../src/store/shopperHistories.js";
import { printFigure, quantile, seededRandom, shuffled } from "./report.js";

const N_ALONE = 3000;
const N_BATCHES = 200;
const BATCH = 50;

/** CPU per list inside the engine, on real histories read beforehand: no SQL, no HTTP, nothing cached. */
export async function benchEngine(database: Database, userIds: readonly string[]): Promise<void> {
  const { engineWith, backendName, medianHistory } = await openEngine(database, userIds);
  const first = `the signals ${FIRST_SIGNALS.join(", ")} alone`;
  await benchLists(engineWith(onlySignals(FIRST_SIGNALS)), userIds, { about: first, alone: 0.6, inBatch: 0.4 });
  const all = `all signals, ${backendName}, median history ${medianHistory}`;
  await benchLists(engineWith(DEFAULT_SETTINGS), userIds, { about: all, alone: 0.9, inBatch: 0.9 });
}

/** What most shops have and other engines offer; all others answer nothing at weight 0 and cost nothing. */
export const FIRST_SIGNALS: readonly SignalName[] = ["collaborative", "content", "basket", "trending"];

function onlySignals(names: readonly SignalName[]): SettingValues {
  const silent = SIGNAL_NAMES.filter((name) => !names.includes(name));
  return { ...DEFAULT_SETTINGS, ...Object.fromEntries(silent.map((name) => [`weight.${name}`, 0])) };
}

/** What a list is made with, and the most milliseconds that it may take. */
interface ListBars {
  readonly about: string;
  readonly alone: number;
  readonly inBatch: number;
}

async function benchLists(engine: RecommendationEngine, userIds: readonly string[], bars: ListBars): Promise<void> {
  const random = seededRandom(1);
  const order = shuffled(userIds, random).map(userRequest);
  for (let i = 0; i < 1000; i++) await engine.recommend([order[i % order.length]]);

  const alone: number[] = [];
  for (let i = 0; i < N_ALONE; i++) alone.push(await cpuMs(() => engine.recommend([order[i % order.length]])));
  const inBatch: number[] = [];
  for (let b = 0; b < N_BATCHES; b++) {
    const batch = shuffled(userIds, random).slice(0, BATCH).map(userRequest);
    inBatch.push((await cpuMs(() => engine.recommend(batch))) / BATCH);
  }
  report(`one list of 20 alone, CPU p50 (p95), ${bars.about}`, alone, `≤ ${bars.alone} ms`);
  report(`one list of 20 in a batch of ${BATCH}, CPU p50 (p95), ${bars.about}`, inBatch, `≤ ${bars.inBatch} ms`);
}

function report(what: string, ms: readonly number[], required: string): void {
  const value = `${quantile(ms, 0.5).toFixed(3)} (${quantile(ms, 0.95).toFixed(3)}) ms`;
  printFigure({ what, value, required });
}

async function openEngine(database: Database, userIds: readonly string[]) {
  const models = createModelStore(database);
  const active = await models.activeModel();
  if (active === null) throw new Error("The benchmark needs a trained model");
  const model = decodeModel(await models.loadArtifact(active.version));
  const { products } = await createCatalogueSource(database).loadProducts();
  const backend = await loadBackend({ choice: "auto", nativeDir: process.env.TFJS_NODE_DIR ?? null });
  const served = prepareServedModel(model, "bench", products, createTensorScorer(model.gates, backend));
  const loaded = await createShopperHistories(database).load(userIds, "purchased");
  const byId = new Map<string, ShopperHistory>(userIds.map((id, i) => [id, loaded[i]]));
  const load = async (ids: readonly string[]) => ids.map((id) => byId.get(id) as ShopperHistory);
  const histories = { load, loadSessions: load };
  const engineWith = (settings: SettingValues): RecommendationEngine => {
    const rules = servingRules(settings);
    return createRecommender({ histories, state: () => ({ served, rules }) });
  };
  const medianHistory = quantile(
    loaded.map(({ productNo }) => productNo.length),
    0.5,
  );
  return { engineWith, backendName: backend.name, medianHistory };
}

function userRequest(userId: string): ListRequest {
  const shown = new Uint32Array(0);
  return { placement: "user", subjectId: userId, first: 20, strategy: "AUTO", filter: NO_FILTER, context: null, shown };
}

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
