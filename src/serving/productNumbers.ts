const NONE = -1;
const LEAST_LENGTH = 1024;
/** Numbers up to this many times the count of products are looked up in an array. */
const MOST_PER_PRODUCT = 4;

/**
 * Places of products by the numbers that the store gave them: every entry of every history is looked up here. An array
 * holds the numbers as far as they are dense, a map those beyond (a restored or much used sequence may stand at two
 * thousand million), so memory follows from how many products there are, never from how large their numbers are.
 */
export class ProductNumbers {
  private dense = new Int32Array(LEAST_LENGTH).fill(NONE);
  private readonly sparse = new Map<number, number>();
  private nProducts = 0;

  /** Slots of the array; for tests of what it costs. */
  get denseLength(): number {
    return this.dense.length;
  }

  /** The place of a product, −1 when nothing has this number. */
  get(productNo: number): number {
    if (productNo < this.dense.length) return this.dense[productNo];
    return this.sparse.get(productNo) ?? NONE;
  }

  /** Cost: constant, amortised. */
  set(productNo: number, place: number): void {
    if (this.get(productNo) === NONE) this.nProducts++;
    if (productNo >= this.dense.length && productNo < MOST_PER_PRODUCT * this.nProducts) this.grow(2 * productNo);
    if (productNo < this.dense.length) this.dense[productNo] = place;
    else this.sparse.set(productNo, place);
  }

  /** What was too far away before may be near enough now: rows come in any order. */
  private grow(length: number): void {
    const longer = new Int32Array(length).fill(NONE);
    longer.set(this.dense);
    for (const [productNo, place] of this.sparse) {
      if (productNo >= length) continue;
      longer[productNo] = place;
      this.sparse.delete(productNo);
    }
    this.dense = longer;
  }
}
