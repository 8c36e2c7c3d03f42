import type { StoredProduct } from "../domain/product.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { Model } from "../model/model.js";
import { type GateParameters, HAND_GATES } from "../scorer/gates.js";
import type { Scorer } from "../scorer/scorer.js";
import type { HistoryIndex } from "../signals/historyIndex.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import { rankForTies } from "../signals/tieRank.js";
import { Catalogue } from "./catalogue.js";
import { EvidenceFinder } from "./evidence.js";
import { SCALE_SIZE } from "./scale.js";

/** A model made ready to answer: swapped as one reference, so no list mixes two models. */
export interface ServedModel {
  /** Null for the empty model that serves before the first training. */
  readonly version: string | null;
  readonly catalogue: Catalogue;
  /** Per signal, in the order of SIGNAL_NAMES: its rows, or null when it is a prior or absent. */
  readonly matrices: readonly (SparseMatrix | null)[];
  readonly prior: PriorAnswer | null;
  /** Settles ties, by model index; later products stand behind all others. */
  readonly tieRank: Int32Array;
  /** Products with at least one shopper, most popular first. */
  readonly popularOrder: Int32Array;
  readonly gates: GateParameters;
  readonly scorer: Scorer;
  readonly evidence: EvidenceFinder;
}

/** The trending signal's answer: the same for every profile, so it is scaled and sorted once. */
export interface PriorAnswer {
  readonly signal: number;
  /** f̂ per model index. */
  readonly scaled: Float32Array;
  /** Products with a positive score, best first. */
  readonly order: Int32Array;
}

export const TRENDING = SIGNAL_NAMES.indexOf("trending");

export const EMPTY_MODEL: Model = {
  productIds: [],
  popularity: new Float32Array(0),
  matrices: new Map<SignalName, SparseMatrix>(),
  histories: new Map<SignalName, HistoryIndex>(),
  latent: null,
  trend: null,
  categories: [],
  segments: [],
  context: new Float32Array(0),
  gates: HAND_GATES,
  facts: { nInteractions: 0, nShoppers: 0, nProducts: 0, nBaskets: 0, newestInteraction: null, signals: {} },
};

/** Make a model ready. Cost: a few sorts of nProducts; done off the request path, before the swap. */
export function prepareServedModel(
  model: Model,
  version: string | null,
  products: Iterable<StoredProduct>,
  scorer: Scorer,
): ServedModel {
  const tieRank = rankForTies(model.productIds, model.popularity);
  const byTie = Int32Array.from(model.productIds.keys()).sort((a, b) => tieRank[a] - tieRank[b]);
  return {
    version,
    catalogue: new Catalogue(model, products),
    matrices: SIGNAL_NAMES.map((name) => model.matrices.get(name) ?? null),
    prior: model.trend === null ? null : preparePrior(model.trend, tieRank),
    tieRank,
    popularOrder: byTie.filter((index) => model.popularity[index] > 0),
    gates: model.gates,
    scorer,
    evidence: new EvidenceFinder(model.productIds.length),
  };
}

function preparePrior(trend: Float32Array, tieRank: Int32Array): PriorAnswer {
  const all = Int32Array.from(trend.keys()).filter((index) => trend[index] > 0);
  const order = all.sort((a, b) => trend[b] - trend[a] || tieRank[a] - tieRank[b]);
  let sum = 0;
  for (const index of order.subarray(0, SCALE_SIZE)) sum += trend[index];
  const scale = sum / SCALE_SIZE;
  const scaled = Float32Array.from(trend, (score) => (scale > 0 ? Math.log1p(score / scale) : 0));
  return { signal: TRENDING, scaled, order };
}
