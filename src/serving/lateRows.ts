import type { Accumulator } from "../signals/accumulator.js";

/**
 * What products that came after training add to a signal's matrix, by catalogue index: entries that hang onto the rows
 * of the model's products, and rows of their own. A row keeps its k best, so that what arrives makes no list slow. Rows
 * lie in slots of one piece of memory, since many small arrays would cost more than what is in them.
 */
export class LateRows {
  private readonly slotOf = new Map<number, number>();
  private product = new Int32Array(0);
  private value = new Float32Array(0);
  /** Entries in each slot, best first. */
  private nEntries = new Int32Array(0);
  private readonly mergedProduct: Int32Array;
  private readonly mergedValue: Float32Array;

  /** @param compare settles equal values */
  constructor(
    private readonly k: number,
    private readonly compare: (a: number, b: number) => number,
  ) {
    this.mergedProduct = new Int32Array(k);
    this.mergedValue = new Float32Array(k);
  }

  get isEmpty(): boolean {
    return this.slotOf.size === 0;
  }

  /** What an entry needs at least to be kept in the row of a product; 0 while there is room. */
  leastOf(source: number): number {
    const slot = this.slotOf.get(source);
    return slot === undefined || this.nEntries[slot] < this.k ? 0 : this.value[slot * this.k + this.k - 1];
  }

  /**
   * Add entries to the row of a product.
   *
   * @param products best first, values beside them; the first n count
   * Cost: one pass over both.
   */
  hang(source: number, products: Int32Array, values: Float32Array, n: number): void {
    if (n === 0) return;
    const slot = this.slotOf.get(source) ?? this.addSlot(source);
    const start = slot * this.k;
    const nBefore = this.nEntries[slot];
    const nAfter = Math.min(this.k, nBefore + n);
    const { mergedProduct, mergedValue } = this;
    for (let i = 0, kept = 0; i < nAfter; i++) {
      const fresh = i - kept;
      const isKept = fresh >= n || (kept < nBefore && this.isBefore(start + kept, products[fresh], values[fresh]));
      mergedProduct[i] = isKept ? this.product[start + kept] : products[fresh];
      mergedValue[i] = isKept ? this.value[start + kept++] : values[fresh];
    }
    this.product.set(mergedProduct.subarray(0, nAfter), start);
    this.value.set(mergedValue.subarray(0, nAfter), start);
    this.nEntries[slot] = nAfter;
  }

  /** Add `amount` times the row of a product. */
  addRow(answers: Accumulator, source: number, amount: number): void {
    const slot = this.slotOf.get(source);
    if (slot === undefined) return;
    const end = slot * this.k + this.nEntries[slot];
    for (let e = slot * this.k; e < end; e++) answers.add(this.product[e], amount * this.value[e]);
  }

  /** Products of the row of a product, with their values, best first. */
  *entriesOf(source: number): Generator<[product: number, value: number]> {
    const slot = this.slotOf.get(source);
    if (slot === undefined) return;
    const end = slot * this.k + this.nEntries[slot];
    for (let e = slot * this.k; e < end; e++) yield [this.product[e], this.value[e]];
  }

  private isBefore(entry: number, product: number, value: number): boolean {
    if (this.value[entry] !== value) return this.value[entry] > value;
    return this.compare(this.product[entry], product) < 0;
  }

  private addSlot(source: number): number {
    const slot = this.slotOf.size;
    this.slotOf.set(source, slot);
    if (slot === this.nEntries.length) {
      const nSlots = Math.max(16, 2 * slot);
      this.product = grown(this.product, new Int32Array(nSlots * this.k));
      this.value = grown(this.value, new Float32Array(nSlots * this.k));
      this.nEntries = grown(this.nEntries, new Int32Array(nSlots));
    }
    return slot;
  }
}

function grown<T extends Int32Array | Float32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
