import type { SignalName } from "../domain/setting.js";
import type { Accumulator } from "./accumulator.js";
import type { Choices, InteractionLog } from "./interactionLog.js";
import type { Scaling } from "./rescale.js";
import type { SparseMatrix } from "./sparseMatrix.js";

/** What a product is, for signals that read attributes. */
export interface ProductAttributes {
  readonly name: string | null;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly brand: string | null;
  readonly price: number | null;
  readonly description: string | null;
}

/** Everything a signal may learn from. Pure data: no clock, no I/O. */
export interface SignalInput {
  readonly log: InteractionLog;
  readonly choices: Choices;
  readonly attributes: readonly ProductAttributes[];
  /** Per shopper of the log "attribute=value" texts, such as "gender=F"; empty where the shop tells none. */
  readonly segments: readonly (readonly string[])[];
  /** Settles ties, also where a row is cut to its k best (see tieRank.ts). */
  readonly tieRank: Int32Array;
}

/**
 * Parameters of a signal, by name, as they stand in the model's header. Every signal states its defaults; training
 * chooses others where a held-out slice prefers them. `horizon` is read when answering: after so many newer events an
 * entry of a profile counts 1/e; 0 means that all entries count alike.
 */
export type Parameters = Readonly<Record<string, number>>;

/** Rows from … to − 1; where `of` is given, the rows that stand there in it. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
  readonly of?: Int32Array;
}

/**
 * A matrix fitted in pieces: any range of products can be fitted anywhere, and the assembly of all pieces, in order, is
 * the same however the ranges were cut.
 */
export interface MatrixFit {
  fitRange(range: RowRange): SparseMatrix;
  assemble(pieces: readonly SparseMatrix[]): SparseMatrix;
}

/**
 * A signal that answers a profile by item-to-item rows: f(p, i) = Σ_j p(j) · M[j, i].
 * `prepare` returns null where the data do not carry the signal; it is then absent and gives 0.
 */
export interface MatrixSignal {
  readonly name: SignalName;
  readonly defaults: Parameters;
  /** True where a row is complete only once all are fitted, so that a few alone cannot be asked for. */
  readonly needsAllRows?: boolean;
  /** Signals whose matrices this one is derived from. */
  readonly reads?: readonly SignalName[];
  /** Parameters that only scale rows and columns; trying another value of theirs needs no new fit. */
  readonly scaled: readonly string[];
  /** From a matrix fitted with `from` to nearly one fitted with `to`, which differ in scaled parameters only. */
  scaling(input: SignalInput, from: Parameters, to: Parameters): Scaling;
  /** @param fitted the matrices that `reads` names, where the data carry them */
  prepare(input: SignalInput, parameters: Parameters, fitted: ReadonlyMap<SignalName, SparseMatrix>): MatrixFit | null;
}

/** A signal that is learned in one piece; `Fitted` is what it answers from. Null where the data do not carry it. */
export interface WholeSignal<Fitted> {
  readonly name: SignalName;
  readonly defaults: Parameters;
  fit(input: SignalInput, parameters: Parameters): Fitted | null;
}

/** A profile as the signals see it: distinct products, the most recently touched first. Weights may be negative. */
export interface ProfileVector {
  readonly product: Int32Array;
  readonly weight: Float64Array;
}

/** Adds the scores of row `product` to an empty accumulator. Rows are independent. */
export type RowKernel = (product: number, row: Accumulator) => void;
