import type { SignalName } from "../domain/setting.js";
import { Accumulator } from "./accumulator.js";
import type { Choices, InteractionLog } from "./interactionLog.js";
import type { SparseMatrix } from "./sparseMatrix.js";
import { TopK } from "./topK.js";

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
  /** Settles ties, also where a row is cut to its k best (see tieRank.ts). */
  readonly tieRank: Int32Array;
}

/** Adds the scores of row `product` to an empty accumulator. Rows are independent: any range can be fitted anywhere. */
export type RowKernel = (product: number, row: Accumulator) => void;

/**
 * A signal that answers a profile by item-to-item rows: f(p, i) = Σ_j p(j) · M[j, i].
 * `prepare` returns null where the data do not carry the signal; it is then absent and gives 0.
 */
export interface MatrixSignal {
  readonly name: SignalName;
  /** Neighbours kept per row. */
  readonly k: number;
  /** Parameters, as they stand in the model's header. */
  readonly parameters: Readonly<Record<string, number>>;
  prepare(input: SignalInput): RowKernel | null;
}

/** A signal that is the same for every profile: one score per product. */
export interface PriorSignal {
  readonly name: SignalName;
  readonly parameters: Readonly<Record<string, number>>;
  /** Scores ≥ 0, length nProducts, or null where the data do not carry it. */
  fit(input: SignalInput): Float32Array | null;
}

export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Fit the rows [from, to): run the kernel, drop the product itself and what is not positive, keep the k best and scale
 * the row to sum 1, so that a profile weighs products and not their popularity.
 *
 * The result depends on the input alone, not on how rows were cut into ranges. Cost: the kernel's, plus one pass over
 * the touched products with a heap of k.
 */
export function fitRows(signal: MatrixSignal, kernel: RowKernel, input: SignalInput, range: RowRange): SparseMatrix {
  const { nProducts } = input.log;
  const nRows = range.to - range.from;
  const row = new Accumulator(nProducts);
  const best = new TopK(signal.k, input.tieRank);
  const rowStart = new Int32Array(nRows + 1);
  let col = new Int32Array(Math.max(16, nRows * 16));
  let value = new Float32Array(col.length);
  let n = 0;
  for (let r = 0; r < nRows; r++) {
    kernel(range.from + r, row);
    offerRow(row, range.from + r, best);
    if (n + best.length > col.length) {
      const capacity = Math.max(2 * col.length, n + best.length);
      col = grow(col, new Int32Array(capacity));
      value = grow(value, new Float32Array(capacity));
    }
    const sum = best.sum();
    const end = n + best.drainInto(col, value, n);
    for (; n < end; n++) value[n] /= sum;
    rowStart[r + 1] = n;
    row.clear();
  }
  return { nRows, nCols: nProducts, rowStart, col: col.slice(0, n), value: value.slice(0, n) };
}

function offerRow(row: Accumulator, self: number, best: TopK): void {
  for (let t = 0; t < row.nTouched; t++) {
    const product = row.touched[t];
    const score = row.sum[product];
    if (product !== self && score > 0) best.offer(product, score);
  }
}

function grow<T extends Int32Array | Float32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
