import type { Accumulator } from "../signals/accumulator.js";

/** Entries of one row, best first. */
export interface LateRow {
  readonly product: Int32Array;
  readonly value: Float32Array;
}

/**
 * What products that came after training add to a signal's matrix, by catalogue index: entries that hang onto the rows
 * of the model's products, and rows of their own. A row keeps its k best, so that what arrives makes no list slow.
 */
export class LateRows {
  private readonly rows = new Map<number, LateRow>();

  /** @param compare settles equal values */
  constructor(
    private readonly k: number,
    private readonly compare: (a: number, b: number) => number,
  ) {}

  get isEmpty(): boolean {
    return this.rows.size === 0;
  }

  /** Products of the row of a product, with their values, best first. */
  *entriesOf(source: number): Generator<[product: number, value: number]> {
    const row = this.rows.get(source);
    if (row === undefined) return;
    for (let n = 0; n < row.product.length; n++) yield [row.product[n], row.value[n]];
  }

  /** Add entries, best first, to the row of a product. Cost: one pass over both. */
  hang(source: number, more: LateRow): void {
    if (more.product.length === 0) return;
    const before = this.rows.get(source);
    this.rows.set(source, before === undefined ? this.cut(more) : this.merge(before, more));
  }

  /** Add `amount` times the row of a product. */
  addRow(answers: Accumulator, source: number, amount: number): void {
    const row = this.rows.get(source);
    if (row === undefined) return;
    for (let n = 0; n < row.product.length; n++) answers.add(row.product[n], amount * row.value[n]);
  }

  private cut({ product, value }: LateRow): LateRow {
    return { product: product.slice(0, this.k), value: value.slice(0, this.k) };
  }

  private merge(a: LateRow, b: LateRow): LateRow {
    const n = Math.min(this.k, a.product.length + b.product.length);
    const product = new Int32Array(n);
    const value = new Float32Array(n);
    for (let i = 0, fromA = 0; i < n; i++) {
      const fromB = i - fromA;
      const takesA = fromB >= b.product.length || (fromA < a.product.length && this.isBefore(a, fromA, b, fromB));
      product[i] = takesA ? a.product[fromA] : b.product[fromB];
      value[i] = takesA ? a.value[fromA++] : b.value[fromB];
    }
    return { product, value };
  }

  private isBefore(a: LateRow, atA: number, b: LateRow, atB: number): boolean {
    if (a.value[atA] !== b.value[atB]) return a.value[atA] > b.value[atB];
    return this.compare(a.product[atA], b.product[atB]) < 0;
  }
}
