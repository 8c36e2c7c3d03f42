import type { SignalName } from "../domain/setting.js";
import type { GateParameters } from "../scorer/gates.js";
import type { HistoryIndex } from "../signals/historyIndex.js";
import type { LatentSpace } from "../signals/latentSpace.js";
import type { Parameters } from "../signals/signal.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";

/** What one training saw, for people who ask why the lists are as they are. No clock: equal data give equal bytes. */
export interface TrainingFacts {
  readonly nInteractions: number;
  readonly nShoppers: number;
  readonly nProducts: number;
  readonly nBaskets: number;
  /** ISO time of the newest interaction, or null when no time is known. */
  readonly newestInteraction: string | null;
  /** Parameters of each fitted signal; a signal that the data do not carry is absent. */
  readonly signals: Readonly<Partial<Record<SignalName, Parameters>>>;
  /** What was held out to learn from, and the counts that decided; null where there was too little. */
  readonly slice: { readonly kind: string; readonly counts: Readonly<Record<string, number>> } | null;
  /** What was tried for the signals' parameters and for the gates, each with its NDCG@20 on the slice. */
  readonly trials: readonly unknown[];
  readonly gateTrials: readonly unknown[];
}

/** A trained model: the vocabulary, what each signal learned, and how they are blended. Immutable. */
export interface Model {
  /** Product ids by dense index. */
  readonly productIds: readonly string[];
  /** Shoppers who chose each product, length nProducts. */
  readonly popularity: Float32Array;
  /** Signals that answer by rows: of products, of categories (categoryTrend) or of segments (segmentTrend). */
  readonly matrices: ReadonlyMap<SignalName, SparseMatrix>;
  /** Signals that answer by like histories. */
  readonly histories: ReadonlyMap<SignalName, HistoryIndex>;
  readonly latent: LatentSpace | null;
  /** The trending score per product, or null when no interaction has a time. */
  readonly trend: Float32Array | null;
  /** Rows of the categoryTrend and segmentTrend matrices. */
  readonly categories: readonly string[];
  readonly segments: readonly string[];
  /** Product features of the gates' context, nProducts × N_CONTEXT; the list's own stay 0. */
  readonly context: Float32Array;
  readonly gates: GateParameters;
  readonly facts: TrainingFacts;
}
