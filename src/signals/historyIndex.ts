/**
 * Past histories that can be asked "who was like this": sessions or shoppers, as an inverted index. Both directions are
 * CSR; numbers of histories are dense and say nothing.
 */
export interface HistoryIndex {
  /** Length nHistories + 1; history h holds entries start[h] … start[h + 1] − 1, oldest first. */
  readonly start: Int32Array;
  readonly product: Int32Array;
  /** What an entry counts when its history is a neighbour. */
  readonly weight: Float32Array;
  /** Factor of each history's likeness: length and recency. Length nHistories. */
  readonly likeness: Float32Array;
  /** Length nProducts + 1: the histories that hold a product, the most recent first. */
  readonly postingStart: Int32Array;
  readonly posting: Int32Array;
  /** Factor per product of the answer. */
  readonly productFactor: Float32Array;
}
