import type { SignalName } from "../domain/setting.js";
import type { HistoryIndex } from "../signals/historyIndex.js";
import type { LatentSpace } from "../signals/latentSpace.js";
import type { Parameters, RowRange, SignalInput } from "../signals/signal.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import type { TrendRows } from "../signals/trendRows.js";
import { isReadWhenAnswering } from "./tuningPlan.js";

/** What a signal that is learned in one piece may give. */
export interface WholeFits {
  readonly session: HistoryIndex;
  readonly neighbours: HistoryIndex;
  readonly latent: LatentSpace;
  readonly trending: Float32Array;
  readonly categoryTrend: TrendRows;
  readonly segmentTrend: TrendRows;
}

export type WholeSignalName = keyof WholeFits;
export type FittedMatrices = ReadonlyMap<SignalName, SparseMatrix>;

/**
 * Fits signals to one input, perhaps on other threads. The result never depends on their number: ranges of products are
 * fitted by pure functions and put together in order.
 */
export interface Fitter {
  /**
   * Null where the data do not carry the signal.
   *
   * @param rows ascending: only these are fitted, the others stay empty; not for signals whose rows need each other
   * @throws RecommenderError NOT_FINITE naming the signal
   */
  fitMatrix(
    name: SignalName,
    parameters: Parameters,
    fitted: FittedMatrices,
    rows?: Int32Array,
  ): Promise<SparseMatrix | null>;
  /** @param isAhead asked for before it is needed: whatever else is asked for goes first */
  fitWhole<Name extends WholeSignalName>(
    name: Name,
    parameters: Parameters,
    isAhead?: boolean,
  ): Promise<WholeFits[Name] | null>;
  close(): Promise<void>;
}

/** Opens a fitter for an input; where it runs is the caller's choice. */
export type OpenFitter = (input: SignalInput) => Fitter;

/** Rows fitted as one piece of work: small enough to share out evenly, large enough to be worth a message. */
const ROWS_PER_RANGE = 1024;

/** All rows, or those of `of`, cut into pieces of work. */
export function rangesOf(nProducts: number, of?: Int32Array): RowRange[] {
  const nRows = of?.length ?? nProducts;
  const ranges: RowRange[] = [];
  for (let from = 0; from < nRows; from += ROWS_PER_RANGE) {
    const to = Math.min(nRows, from + ROWS_PER_RANGE);
    ranges.push(of === undefined ? { from, to } : { from: 0, to: to - from, of: of.slice(from, to) });
  }
  return ranges;
}

/**
 * The same fitter, but what was learned in one piece is learned once, whatever the parameters that are only read when
 * answering: what a tuning tried and chose is there when the signals are fitted with it. Keeps what it fitted for as long
 * as it lives.
 */
export function remembering(fitter: Fitter): Fitter {
  const learned = new Map<string, Promise<WholeFits[WholeSignalName] | null>>();
  return {
    ...fitter,
    fitWhole<Name extends WholeSignalName>(name: Name, parameters: Parameters, isAhead = false) {
      const read = Object.entries(parameters).filter(([key]) => !isReadWhenAnswering(name, key));
      const key = JSON.stringify([name, Object.fromEntries(read)]);
      const known = learned.get(key) ?? fitter.fitWhole(name, parameters, isAhead);
      learned.set(key, known);
      return known as Promise<WholeFits[Name] | null>;
    },
  };
}
