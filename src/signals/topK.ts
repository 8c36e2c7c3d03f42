/**
 * The k best products of a stream, by value, equal values by tie rank (popularity, then a hash of the id: see
 * tieRank.ts). A bounded heap whose root is the worst kept, so a rejected product costs one comparison.
 */
export class TopK {
  private readonly product: Int32Array;
  private readonly value: Float64Array;
  private size = 0;

  constructor(
    private readonly k: number,
    private readonly tieRank: Int32Array,
  ) {
    this.product = new Int32Array(k);
    this.value = new Float64Array(k);
  }

  get length(): number {
    return this.size;
  }

  /** No product of a smaller value would be kept; asking first saves the call in loops where most are refused. */
  get least(): number {
    return this.size < this.k || this.k === 0 ? Number.NEGATIVE_INFINITY : this.value[0];
  }

  offer(product: number, value: number): void {
    if (this.size < this.k) {
      this.siftUp(this.size++, product, value);
    } else if (this.k > 0 && this.isWorse(this.product[0], this.value[0], product, value)) {
      this.siftDown(product, value);
    }
  }

  /** Sum of the kept values. */
  sum(): number {
    let sum = 0;
    for (let i = 0; i < this.size; i++) sum += this.value[i];
    return sum;
  }

  /** Kept products in no promised order; valid until the next `offer` or `clear`. */
  unordered(): Int32Array {
    return this.product.subarray(0, this.size);
  }

  /** Empty the heap into the two arrays from `offset`, best first. Returns how many were written. */
  drainInto(products: Int32Array, values: Float32Array | Float64Array, offset: number): number {
    const n = this.size;
    for (let i = offset + n - 1; i >= offset; i--) {
      products[i] = this.product[0];
      values[i] = this.value[0];
      this.size--;
      if (this.size > 0) this.siftDown(this.product[this.size], this.value[this.size]);
    }
    return n;
  }

  clear(): void {
    this.size = 0;
  }

  private isWorse(a: number, aValue: number, b: number, bValue: number): boolean {
    return aValue < bValue || (aValue === bValue && this.tieRank[a] > this.tieRank[b]);
  }

  private siftUp(position: number, product: number, value: number): void {
    let hole = position;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.isWorse(product, value, this.product[parent], this.value[parent])) break;
      this.product[hole] = this.product[parent];
      this.value[hole] = this.value[parent];
      hole = parent;
    }
    this.product[hole] = product;
    this.value[hole] = value;
  }

  private siftDown(product: number, value: number): void {
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= this.size) break;
      const right = child + 1;
      if (
        right < this.size &&
        this.isWorse(this.product[right], this.value[right], this.product[child], this.value[child])
      ) {
        child = right;
      }
      if (!this.isWorse(this.product[child], this.value[child], product, value)) break;
      this.product[hole] = this.product[child];
      this.value[hole] = this.value[child];
      hole = child;
    }
    this.product[hole] = product;
    this.value[hole] = value;
  }
}
