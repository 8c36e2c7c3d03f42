import type { SignalName } from "../../src/domain/setting.js";
import { shopperKeys } from "../../src/domain/shopperKey.js";
import { distinctChoices, type InteractionLog } from "../../src/signals/interactionLog.js";
import type { MatrixSignal, Parameters, ProductAttributes, SignalInput } from "../../src/signals/signal.js";
import type { SparseMatrix } from "../../src/signals/sparseMatrix.js";
import { rankForTies } from "../../src/signals/tieRank.js";

const NOTHING: ProductAttributes = {
  name: null,
  category: null,
  tags: [],
  brand: null,
  price: null,
  description: null,
};
const DAY_MS = 86_400_000;

interface WorldOptions {
  /** What is known of products; those listed here exist even if nobody chose them. */
  readonly attributes?: Readonly<Record<string, Partial<ProductAttributes>>>;
  /** The day of everything each shopper did, by shopper; none is known where this is left out. */
  readonly days?: readonly number[];
}

/** A small shop as signals see it: one history per shopper, oldest first. */
export class SignalWorld {
  readonly ids: readonly string[];
  readonly input: SignalInput;

  constructor(histories: readonly (readonly string[])[], { attributes = {}, days = [] }: WorldOptions = {}) {
    this.ids = [...new Set([...histories.flat(), ...Object.keys(attributes)])].sort();
    const log = this.arrange(histories, days);
    const choices = distinctChoices(log);
    this.input = {
      log,
      choices,
      attributes: this.ids.map((id) => ({ ...NOTHING, ...attributes[id] })),
      segments: histories.map(() => []),
      tieRank: rankForTies(this.ids, choices.popularity),
    };
  }

  at(id: string): number {
    return this.ids.indexOf(id);
  }

  /** Fit in ranges of `rowsPerRange` products, as the threads of a training would. */
  fit(signal: MatrixSignal, parameters: Parameters = {}, fitted?: Map<SignalName, SparseMatrix>, rowsPerRange = 3) {
    const fit = signal.prepare(this.input, { ...signal.defaults, ...parameters }, fitted ?? new Map());
    if (fit === null) return null;
    const pieces: SparseMatrix[] = [];
    for (let from = 0; from < this.ids.length; from += rowsPerRange) {
      pieces.push(fit.fitRange({ from, to: Math.min(this.ids.length, from + rowsPerRange) }));
    }
    return fit.assemble(pieces);
  }

  /** One row of a matrix, in its own order. */
  row(matrix: SparseMatrix | null, id: string): Map<string, number> {
    const entries = new Map<string, number>();
    if (matrix === null) return entries;
    const row = this.at(id);
    for (let e = matrix.rowStart[row]; e < matrix.rowStart[row + 1]; e++) {
      entries.set(this.ids[matrix.col[e]], matrix.value[e]);
    }
    return entries;
  }

  private arrange(histories: readonly (readonly string[])[], days: readonly number[]): InteractionLog {
    const start = new Int32Array(histories.length + 1);
    for (const [u, history] of histories.entries()) start[u + 1] = start[u] + history.length;
    const product = Int32Array.from(histories.flat(), (id) => this.at(id));
    const timeMs = Float64Array.from(histories.flatMap((history, u) => history.map(() => (days[u] ?? NaN) * DAY_MS)));
    return {
      nShoppers: histories.length,
      nProducts: this.ids.length,
      start,
      shopperKey: shopperKeys(histories.map((_, u) => `u${u}`)),
      product,
      action: new Uint8Array(product.length),
      weight: new Float32Array(product.length).fill(1),
      value: new Float32Array(product.length).fill(Number.NaN),
      timeMs,
      basket: new Int32Array(product.length).fill(-1),
      nBaskets: 0,
      newestMs: days.length === 0 ? NaN : Math.max(...days) * DAY_MS,
    };
  }
}

/** Histories drawn by a small generator of its own: shopper u chose product i or not. */
export function randomHistories(nShoppers: number, nProducts: number, share: number): string[][] {
  let state = 12345;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  const ids = Array.from({ length: nProducts }, (_, i) => `p${String(i).padStart(3, "0")}`);
  return Array.from({ length: nShoppers }, () => ids.filter((_, i) => next() < share * (0.5 + i / nProducts)));
}
