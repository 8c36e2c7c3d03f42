import type { StoredProduct } from "../domain/product.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { Model } from "../model/model.js";
import { type GateParameters, HAND_GATES } from "../scorer/gates.js";
import type { Scorer } from "../scorer/scorer.js";
import type { HistoryIndex } from "../signals/historyIndex.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import { rankForTies } from "../signals/tieRank.js";
import { trending } from "../signals/trending.js";
import { Catalogue } from "./catalogue.js";
import { EvidenceFinder } from "./evidence.js";
import { LateProducts } from "./lateProducts.js";
import { LikenessFinder } from "./likeness.js";
import { prepareSignals, type ServedSignals } from "./servedSignals.js";
import type { TrainedTrend } from "./trainedTrend.js";

/** A model made ready to answer: swapped as one reference, so no list mixes two models. */
export interface ServedModel {
  /** Null for the empty model that serves before the first training. */
  readonly version: string | null;
  readonly catalogue: Catalogue;
  readonly late: LateProducts;
  /** Time of the newest interaction that the model has seen; NaN when no time is known. */
  readonly newestMs: number;
  /** Null where the shop knew no times when it was trained. */
  readonly trend: TrainedTrend | null;
  readonly signals: ServedSignals["signals"];
  readonly rowGroups: ServedSignals["rowGroups"];
  readonly horizons: ServedSignals["horizons"];
  readonly weightPower: ServedSignals["weightPower"];
  /** Rows of the categoryTrend and segmentTrend matrices by their text. */
  readonly categoryRow: ReadonlyMap<string, number>;
  readonly segmentRow: ReadonlyMap<string, number>;
  /** Product features of the gates' context, N_CONTEXT per model product. */
  readonly context: Float32Array;
  /** Settles ties, by model index; later products stand behind all others. */
  readonly tieRank: Int32Array;
  /** Products with at least one shopper, most popular first. */
  readonly popularOrder: Int32Array;
  readonly gates: GateParameters;
  readonly scorer: Scorer;
  readonly evidence: EvidenceFinder;
  readonly likeness: LikenessFinder;
}

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
  facts: {
    nInteractions: 0,
    nShoppers: 0,
    nProducts: 0,
    nBaskets: 0,
    newestInteraction: null,
    signals: {},
    slice: null,
    trials: [],
    gateTrials: [],
  },
};

/**
 * Make a model ready. Cost: a few sorts of nProducts; done off the request path, before the swap. Products that the
 * model does not know are found by description once `late.place()` has placed them.
 */
export function prepareServedModel(
  model: Model,
  version: string | null,
  products: Iterable<StoredProduct>,
  scorer: Scorer,
): ServedModel {
  const tieRank = rankForTies(model.productIds, model.popularity);
  const byTie = Int32Array.from(model.productIds.keys()).sort((a, b) => tieRank[a] - tieRank[b]);
  const catalogue = new Catalogue(model, products);
  const late = new LateProducts(model, catalogue, tieRank);
  const prepared = prepareSignals(model, tieRank, late);
  const content = prepared.signals[SIGNAL_NAMES.indexOf("content")];
  const newestMs = Date.parse(model.facts.newestInteraction ?? "");
  return {
    version,
    catalogue,
    late,
    newestMs,
    trend: trainedTrend(model, newestMs, prepared),
    ...prepared,
    categoryRow: new Map(model.categories.map((text, row) => [text, row])),
    segmentRow: new Map(model.segments.map((text, row) => [text, row])),
    context: model.context,
    tieRank,
    popularOrder: byTie.filter((index) => model.popularity[index] > 0),
    gates: model.gates,
    scorer,
    evidence: new EvidenceFinder(model.productIds.length),
    likeness: new LikenessFinder(catalogue, content?.kind === "rows" ? content : null),
  };
}

/** Before the first training the trend of a shop is what happens, counted as the training would begin to. */
function trainedTrend(model: Model, newestMs: number, { signals }: ServedSignals): TrainedTrend | null {
  if (model !== EMPTY_MODEL && model.trend === null) return null;
  const { halfLifeDays, weightPower } = { ...trending.defaults, ...model.facts.signals.trending };
  const prior = signals[SIGNAL_NAMES.indexOf("trending")];
  return {
    score: model.trend ?? new Float32Array(0),
    newestMs,
    halfLifeDays,
    weightPower,
    prior: prior?.kind === "prior" ? prior : null,
  };
}
