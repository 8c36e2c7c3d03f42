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
    this.touched = new Int32Array(nProducts);
    this.isTouched = new Uint8Array(nProducts);
  }

  add(product: number, amount: number): void {
    if (this.isTouched[product] === 0) {
      this.isTouched[product] = 1;
      this.touched[this.nTouched++] = product;
    }
    this.sum[product] += amount;
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
