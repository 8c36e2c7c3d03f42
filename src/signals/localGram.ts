/**
 * Co-occurrence counts among a few products, G[s, t] = shoppers who chose both, without the counts of all others: every
 * shopper keeps a list of which of these products they chose, and each new product counts one pair with each entry.
 *
 * Cost: Σ_s pop(s) + Σ_{s<t} G[s, t] steps. For 100 products of a sparse shop that is far less than reading 100 rows of
 * the full co-occurrence matrix, and needs none of its memory.
 */
import type { ShoppersOfProduct } from "./shoppersOfProduct.js";

const NONE = -1;

export class LocalGram {
  /** Newest entry of each shopper's list, NONE when empty. Entries link to the one before. */
  private readonly newest: Int32Array;
  private readonly before: Int32Array;
  private readonly slot: Int32Array;

  constructor(
    private readonly shoppers: ShoppersOfProduct,
    nShoppers: number,
  ) {
    this.newest = new Int32Array(nShoppers).fill(NONE);
    this.before = new Int32Array(shoppers.shopper.length);
    this.slot = new Int32Array(shoppers.shopper.length);
  }

  /**
   * Add the counts of the first n products, which must be distinct, to the lower triangle of a row-major matrix.
   *
   * @param matrix overwritten: entry s · stride + t grows by G[s, t] for t ≤ s
   */
  addTo(matrix: Float64Array, stride: number, products: Int32Array, n: number): void {
    const { newest, before, slot } = this;
    const { start, shopper } = this.shoppers;
    let nEntries = 0;
    for (let s = 0; s < n; s++) {
      const row = s * stride;
      const end = start[products[s] + 1];
      matrix[row + s] += end - start[products[s]];
      for (let p = start[products[s]]; p < end; p++) {
        const u = shopper[p];
        const head = newest[u];
        for (let entry = head; entry !== NONE; entry = before[entry]) matrix[row + slot[entry]]++;
        before[nEntries] = head;
        slot[nEntries] = s;
        newest[u] = nEntries++;
      }
    }
    this.forget(products, n);
  }

  private forget(products: Int32Array, n: number): void {
    const { start, shopper } = this.shoppers;
    for (let s = 0; s < n; s++) {
      for (let p = start[products[s]]; p < start[products[s] + 1]; p++) this.newest[shopper[p]] = NONE;
    }
  }
}
