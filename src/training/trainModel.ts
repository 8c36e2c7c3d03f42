import { RecommenderError } from "../domain/errors.js";
import { interactionWeight } from "../domain/interactionWeight.js";
import type { Product } from "../domain/product.js";
import type { SettingValues, SignalName } from "../domain/setting.js";
import type { Model, TrainingFacts } from "../model/model.js";
import { N_CONTEXT } from "../scorer/contextFeatures.js";
import { HAND_GATES } from "../scorer/gates.js";
import { basket } from "../signals/basket.js";
import { collaborative } from "../signals/collaborative.js";
import { content } from "../signals/content.js";
import { distinctChoices, type InteractionLog } from "../signals/interactionLog.js";
import type { MatrixSignal, Parameters, SignalInput } from "../signals/signal.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import { rankForTies } from "../signals/tieRank.js";
import { trending } from "../signals/trending.js";
import { arrangeLog } from "./arrangeLog.js";
import type { InteractionTable } from "./interactionTable.js";

const MATRIX_SIGNALS: readonly MatrixSignal[] = [collaborative, basket, content];
/** Rows fitted between two reports of progress. */
const ROWS_PER_RANGE = 512;

export interface TrainingData {
  readonly table: InteractionTable;
  readonly products: readonly Product[];
}

export interface TrainingProgress {
  readonly stage: string;
  /** 0 … 1 within the stage. */
  readonly share: number;
}

export interface TrainOptions {
  readonly settings: SettingValues;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/**
 * Learn a model from a shop's products and interactions. Pure but for `onProgress`: equal data and settings give an
 * equal model, whatever the order in which the data came.
 *
 * @throws RecommenderError NOT_FINITE naming the stage in which a number stopped being finite
 */
export function trainModel({ table, products }: TrainingData, { settings, onProgress }: TrainOptions): Model {
  onProgress?.({ stage: "arranging interactions", share: 0 });
  const byId = new Map(products.map((product) => [product.productId, product]));
  for (const productId of table.products.texts)
    if (!byId.has(productId)) byId.set(productId, unknownProduct(productId));
  const productIds = [...byId.keys()].sort();
  const log = arrangeLog(table, productIds, interactionWeight(settings));
  const choices = distinctChoices(log);
  const tieRank = rankForTies(productIds, choices.popularity);
  const attributes = productIds.map((productId) => byId.get(productId) as Product);
  const input: SignalInput = { log, choices, attributes, segments: [], tieRank };

  const matrices = new Map<SignalName, SparseMatrix>();
  const parameters: Partial<Record<SignalName, Parameters>> = {};
  for (const signal of MATRIX_SIGNALS) {
    const matrix = fitMatrix(signal, input, matrices, (share) => onProgress?.({ stage: signal.name, share }));
    if (matrix === null) continue;
    matrices.set(signal.name, matrix);
    parameters[signal.name] = signal.defaults;
  }
  const trendParameters = { halfLifeDays: settings["trending.halfLifeDays"] };
  const trend = trending.fit(input, trendParameters);
  if (trend !== null) parameters.trending = trendParameters;
  requireFinite("trending", trend);
  return {
    productIds,
    popularity: choices.popularity,
    matrices,
    histories: new Map(),
    latent: null,
    trend,
    categories: [],
    segments: [],
    context: new Float32Array(productIds.length * N_CONTEXT),
    gates: HAND_GATES,
    facts: factsOf(log, parameters),
  };
}

function fitMatrix(
  signal: MatrixSignal,
  input: SignalInput,
  fitted: ReadonlyMap<SignalName, SparseMatrix>,
  onShare: (share: number) => void,
): SparseMatrix | null {
  const fit = signal.prepare(input, signal.defaults, fitted);
  if (fit === null) return null;
  const { nProducts } = input.log;
  const pieces: SparseMatrix[] = [];
  for (let from = 0; from < nProducts; from += ROWS_PER_RANGE) {
    onShare(from / nProducts);
    pieces.push(fit.fitRange({ from, to: Math.min(nProducts, from + ROWS_PER_RANGE) }));
  }
  const matrix = fit.assemble(pieces);
  requireFinite(signal.name, matrix.value);
  return matrix.col.length === 0 ? null : matrix;
}

function requireFinite(stage: string, values: Float32Array | null): void {
  if (values === null || values.every(Number.isFinite)) return;
  throw new RecommenderError("NOT_FINITE", `Cannot train: finite numbers are required, ${stage} gave one that is not`, {
    stage,
  });
}

function factsOf(log: InteractionLog, signals: TrainingFacts["signals"]): TrainingFacts {
  const newest = log.newestMs;
  return {
    nInteractions: log.product.length,
    nShoppers: log.nShoppers,
    nProducts: log.nProducts,
    nBaskets: log.nBaskets,
    newestInteraction: Number.isNaN(newest) ? null : new Date(newest).toISOString(),
    signals,
  };
}

function unknownProduct(productId: string): Product {
  return {
    productId,
    name: null,
    category: null,
    tags: [],
    price: null,
    description: null,
    brand: null,
    imageUrl: null,
    isAvailable: true,
  };
}
