import type { SparseMatrix } from "./sparseMatrix.js";

/**
 * A dense row of sums that remembers which products it touched, so that clearing and scanning cost what was added and
 * not the size of the catalogue. Reuse one per loop: it is cleared by `clear`.
 */
export class Accumulator {
  readonly sum: Float64Array;
  readonly touched: Int32Array;
  nTouched = 0;
  private readonly isTouched: Uint8Array;

  constructor(nProducts: number) {
    this.sum = new Float64Array(nProducts);
    this.touched = new Int32Array(nProducts + 1); // one more, because addRow writes before it knows
    this.isTouched = new Uint8Array(nProducts);
  }

  add(product: number, amount: number): void {
    if (this.isTouched[product] === 0) {
      this.isTouched[product] = 1;
      this.touched[this.nTouched++] = product;
    }
    this.sum[product] += amount;
  }

  /**
   * Add `amount` times one row of a matrix: the inner loop of serving. It has no branch, since whether a product was
   * touched before cannot be predicted: 2.2 ns an entry against 5.5 with one (4,000 products, rows of 100).
   */
  addRow({ rowStart, col, value }: SparseMatrix, row: number, amount: number): void {
    const { sum, touched, isTouched } = this;
    const end = rowStart[row + 1];
    let { nTouched } = this;
    for (let n = rowStart[row]; n < end; n++) {
      const product = col[n];
      touched[nTouched] = product;
      nTouched += 1 - isTouched[product];
      isTouched[product] = 1;
      sum[product] += amount * value[n];
    }
    this.nTouched = nTouched;
  }

  clear(): void {
    for (let t = 0; t < this.nTouched; t++) {
      const product = this.touched[t];
      this.sum[product] = 0;
      this.isTouched[product] = 0;
    }
    this.nTouched = 0;
  }
}
