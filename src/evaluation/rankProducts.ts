import type { OlderProducts } from "../domain/ports.js";
import type { StoredProduct } from "../domain/product.js";
import type { SettingValues } from "../domain/setting.js";
import type { Model } from "../model/model.js";
import type { TensorBackend } from "../scorer/backend.js";
import { createTensorScorer } from "../scorer/tensorScorer.js";
import { createRecommender } from "../serving/recommender.js";
import { prepareServedModel } from "../serving/servedModel.js";
import { servingRules } from "../serving/servingRules.js";
import { createBaselines } from "./baselines.js";
import { computeLists, type ListLine, shopperRequest } from "./computeLists.js";
import type { MemoryHistories } from "./memoryHistories.js";
import type { MemoryShop } from "./memoryShop.js";
import { listsByRanker, measureRankings, type RankingRow } from "./rankings.js";
import type { StageSeconds } from "./stageSeconds.js";
import type { TestCase } from "./testSet.js";

/** One way of ranking the products: all of them, or the candidates only. */
export interface Ranking {
  readonly title: string;
  readonly universe: number;
  readonly rows: readonly RankingRow[];
}

/** What stays the same whichever products are ranked. */
export interface Field {
  readonly settings: SettingValues;
  readonly k: number;
  readonly backend: TensorBackend;
  readonly shop: MemoryShop;
  readonly histories: MemoryHistories;
  readonly model: Model;
  readonly cases: readonly TestCase[];
  /** What lists leave out of what a shopper knows. */
  readonly excluded: OlderProducts | "nothing";
  readonly stages: StageSeconds;
  readonly onProgress: (stage: string, share: number) => void;
}

/** Rank the products for every case, by the engine that serves and by the baselines, and measure all of them. */
export async function rankProducts(
  field: Field,
  title: string,
  products: readonly StoredProduct[],
  universe: ReadonlySet<string>,
): Promise<{ ranking: Ranking; lines: ListLine[] }> {
  const { settings, k, shop, histories, model, cases, excluded, stages, onProgress } = field;
  const rules = servingRules(settings);
  const served = prepareServedModel(model, "evaluated", products, createTensorScorer(model.gates, field.backend));
  const { catalogue } = served;
  const engine = createRecommender({ histories, state: () => ({ served, rules }) });
  const requests = cases.map(({ userId, session }) => shopperRequest(userId, session, k));
  const lines = await stages.run("lists", () =>
    computeLists(engine, requests, (share) => onProgress(`lists, ${title}`, share)),
  );
  onProgress(`baselines, ${title}`, 0);
  const indexOf = (productId: string) => catalogue.indexOf(productId);
  const baselines = await stages.run("baselines", () => createBaselines(shop.table, histories, served, rules.weightOf));
  const baselineRules = {
    productIds: catalogue.productIds,
    indexOf,
    isRecommendable: (index: number) => catalogue.isRecommendable(index),
    excludedFrom: ({ userId, session }: TestCase) => knownTo(userId, session, histories, excluded),
  };
  const lists = await stages.run("baselines", () => listsByRanker(cases, lines, baselines, baselineRules, k));
  onProgress(`metrics, ${title}`, 0);
  const measure = { universe, k, choices: baselines.choices, indexOf };
  const rows = await stages.run("metrics", () => measureRankings(cases, lists, measure));
  return { ranking: { title, universe: universe.size, rows }, lines };
}

function knownTo(
  userId: string | null,
  session: readonly string[],
  histories: MemoryHistories,
  excluded: Field["excluded"],
): Iterable<string> {
  if (excluded === "nothing") return [];
  if (userId === null) return excluded === "seen" ? session : [];
  return histories.productsOf(userId, excluded);
}
