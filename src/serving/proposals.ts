import type { Accumulator } from "../signals/accumulator.js";
import { kthLargest } from "../signals/kthLargest.js";
import { SCALE_SIZE } from "./scale.js";

/** Products of one signal with a positive answer: the arrays are filled up to `n`. */
interface Answered {
  readonly product: Int32Array;
  readonly value: Float64Array;
  n: number;
}

function answered(nProducts: number): Answered {
  return { product: new Int32Array(nProducts), value: new Float64Array(nProducts), n: 0 };
}

/**
 * What one signal proposes for a list. Most answers are far from the best, so the cheap test, a cut through all of them,
 * comes before the dear one, whether a product may be in the list. One per model; safe to share between lists, since a
 * list's proposals are made in one go.
 */
export class Proposals {
  private readonly all: Answered;
  private readonly eligible: Answered;
  private readonly order: Float64Array;
  private cut = 0;

  constructor(
    nProducts: number,
    private readonly compareTies: (a: number, b: number) => number,
  ) {
    this.all = answered(nProducts);
    this.eligible = answered(nProducts);
    this.order = new Float64Array(nProducts);
  }

  /**
   * Take over the positive answers of a signal.
   *
   * @param most how many products `best` will be asked for
   * @returns m_s: the mean of the 100 largest answers, before any filter, missing ones counted as 0
   */
  take({ sum, touched, nTouched }: Accumulator, most: number): number {
    const { product, value } = this.all;
    let n = 0;
    for (let t = 0; t < nTouched; t++) {
      const answer = sum[touched[t]];
      if (!(answer > 0)) continue;
      product[n] = touched[t];
      value[n++] = answer;
    }
    this.all.n = n;
    this.order.set(value.subarray(0, n));
    // Twice as many as are wanted: enough unless a filter or a long history takes away half of the best.
    const nFront = Math.min(n, Math.max(2 * most, SCALE_SIZE));
    this.cut = nFront < n ? kthLargest(this.order, n, nFront) : 0;
    return this.meanOfLargest(nFront);
  }

  /** The `most` best products that may be in the list; where equal answers meet the end, those of the better tie rank. */
  best(most: number, mayBeListed: (product: number) => boolean): number[] {
    this.selectEligible(this.cut, mayBeListed);
    if (this.eligible.n < most && this.cut > 0) this.selectEligible(0, mayBeListed);
    const { product, value, n } = this.eligible;
    if (n <= most) return Array.from(product.subarray(0, n));
    this.order.set(value.subarray(0, n));
    return this.above(kthLargest(this.order, n, most), most);
  }

  private meanOfLargest(nFront: number): number {
    const { order } = this;
    if (nFront > SCALE_SIZE) kthLargest(order, nFront, SCALE_SIZE);
    let total = 0;
    for (let i = 0; i < Math.min(nFront, SCALE_SIZE); i++) total += order[i];
    return total / SCALE_SIZE;
  }

  private selectEligible(cut: number, mayBeListed: (product: number) => boolean): void {
    const { all, eligible } = this;
    let n = 0;
    for (let i = 0; i < all.n; i++) {
      if (all.value[i] < cut || !mayBeListed(all.product[i])) continue;
      eligible.product[n] = all.product[i];
      eligible.value[n++] = all.value[i];
    }
    eligible.n = n;
  }

  private above(least: number, most: number): number[] {
    const { product, value, n } = this.eligible;
    const chosen: number[] = [];
    const atEnd: number[] = [];
    for (let i = 0; i < n; i++) {
      if (value[i] > least) chosen.push(product[i]);
      else if (value[i] === least) atEnd.push(product[i]);
    }
    if (atEnd.length > most - chosen.length) atEnd.sort(this.compareTies);
    return chosen.concat(atEnd.slice(0, most - chosen.length));
  }
}
