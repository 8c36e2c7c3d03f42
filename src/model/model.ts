import type { SignalName } from "../domain/setting.js";
import type { GateParameters } from "../scorer/gates.js";
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
  readonly signals: Readonly<Partial<Record<SignalName, Readonly<Record<string, number>>>>>;
}

/** A trained model: the vocabulary, what each signal learned, and how they are blended. Immutable. */
export interface Model {
  /** Product ids by dense index. */
  readonly productIds: readonly string[];
  /** Shoppers who chose each product, length nProducts. */
  readonly popularity: Float32Array;
  readonly matrices: ReadonlyMap<SignalName, SparseMatrix>;
  /** The trending score per product, or null when no interaction has a time. */
  readonly trend: Float32Array | null;
  readonly gates: GateParameters;
  readonly facts: TrainingFacts;
}
