/**
 * "Who bought this also bought", as plainly as it can be said: the baseline every engine has to beat.
 *
 *   score(i) = Σ over own products j of c(j, i)        c(j, i) = shoppers who chose both
 *
 * Cost: a row is counted when it is first asked for, Σ over the shoppers of j of what they chose, and kept by its k best.
 */
import { Accumulator } from "../signals/accumulator.js";
import { TopK } from "../signals/topK.js";
import type { ChoicePairs } from "./choices.js";

/** Neighbours kept per product: more than a list needs, and rows of a large shop still fit in memory. */
const ROW_LENGTH = 200;

interface CountRow {
  readonly product: Int32Array;
  readonly count: Float32Array;
}

export class CoPurchase {
  private readonly rows: (CountRow | undefined)[];
  private readonly counts: Accumulator;
  private readonly scores: Accumulator;
  private readonly rowBest: TopK;

  constructor(
    private readonly choices: ChoicePairs,
    private readonly tieRank: Int32Array,
  ) {
    this.rows = new Array<CountRow | undefined>(choices.nProducts);
    this.counts = new Accumulator(choices.nProducts);
    this.scores = new Accumulator(choices.nProducts);
    this.rowBest = new TopK(ROW_LENGTH, tieRank);
  }

  /** The k best products for somebody who chose `own`, best first. */
  best(own: Iterable<number>, k: number, mayBeListed: (product: number) => boolean): number[] {
    const { scores } = this;
    for (const j of own) {
      const { product, count } = this.rowOf(j);
      for (let e = 0; e < product.length; e++) scores.add(product[e], count[e]);
    }
    const best = new TopK(k, this.tieRank);
    for (let t = 0; t < scores.nTouched; t++) {
      if (mayBeListed(scores.touched[t])) best.offer(scores.touched[t], scores.sum[scores.touched[t]]);
    }
    scores.clear();
    const product = new Int32Array(best.length);
    best.drainInto(product, new Float64Array(best.length), 0);
    return [...product];
  }

  private rowOf(j: number): CountRow {
    const known = this.rows[j];
    if (known !== undefined) return known;
    const { counts, rowBest, choices } = this;
    for (let e = choices.shopperStart[j]; e < choices.shopperStart[j + 1]; e++) {
      const u = choices.shopper[e];
      for (let p = choices.start[u]; p < choices.start[u + 1]; p++) counts.add(choices.product[p], 1);
    }
    for (let t = 0; t < counts.nTouched; t++) {
      if (counts.touched[t] !== j) rowBest.offer(counts.touched[t], counts.sum[counts.touched[t]]);
    }
    counts.clear();
    const row = { product: new Int32Array(rowBest.length), count: new Float32Array(rowBest.length) };
    rowBest.drainInto(row.product, row.count, 0);
    this.rows[j] = row;
    return row;
  }
}
