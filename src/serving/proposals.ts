import type { Accumulator } from "../signals/accumulator.js";
import { kthLargest } from "../signals/kthLargest.js";
import { SCALE_SIZE, scaleOf } from "./scale.js";

/** Products of one signal with their answers: the arrays are filled up to `n`. */
interface Answered {
  readonly product: Int32Array;
  readonly value: Float64Array;
  n: number;
}

function answered(nProducts: number): Answered {
  return { product: new Int32Array(nProducts), value: new Float64Array(nProducts), n: 0 };
}

/** Where a signal answers for so many times more products than are wanted, a sample is asked where the best begin. */
const SAMPLED = 4;
/** Every so manieth answer is in the sample. */
const SAMPLE_STEP = 16;
/** So many times the wanted are to be kept by what the sample says: too few, and all must be looked at again. */
const SAMPLE_MARGIN = 2;

/**
 * What one signal proposes for a list. Most answers are far from the best, so the cheap test, a cut through all of them,
 * comes before the dear one, whether a product may be in the list. One per model; safe to share between lists, since a
 * list's proposals are made in one go.
 */
export class Proposals {
  /** The answers that are at least `least`, and of these the ones that may be listed. */
  private readonly front: Answered;
  private readonly eligible: Answered;
  private readonly sample: Float64Array;
  private answers: Accumulator | null = null;
  private least = 0;
  private cut = 0;

  constructor(
    nProducts: number,
    private readonly compareTies: (a: number, b: number) => number,
  ) {
    this.front = answered(nProducts);
    this.eligible = answered(nProducts);
    this.sample = new Float64Array(Math.ceil(nProducts / SAMPLE_STEP));
  }

  /**
   * Take over the positive answers of a signal. They are looked at again by `best`, so they must stay until then.
   *
   * @param most how many products `best` will be asked for
   * @returns m_s: the mean of the 100 largest answers, before any filter, missing ones counted as 0
   */
  take(answers: Accumulator, most: number): number {
    this.answers = answers;
    // Twice as many as are wanted: enough unless a filter or a long history takes away half of the best.
    const wanted = Math.max(2 * most, SCALE_SIZE);
    this.collect(this.guessLeast(wanted));
    if (this.front.n < wanted && this.least > 0) this.collect(0);
    const nFront = Math.min(this.front.n, wanted);
    const { value, n } = this.front;
    this.cut = nFront < n ? kthLargest(value, n, nFront) : this.least;
    return nFront === SCALE_SIZE ? scaleOf(value, n, this.cut) : scaleOf(value, n);
  }

  /** The `most` best products that may be in the list; where equal answers meet the end, those of the better tie rank. */
  best(most: number, mayBeListed: (product: number) => boolean): number[] {
    this.selectEligible(this.cut, mayBeListed);
    if (this.eligible.n < most && this.cut > 0) {
      if (this.least > 0) this.collect(0);
      this.selectEligible(0, mayBeListed);
    }
    const { product, value, n } = this.eligible;
    if (n <= most) return Array.from(product.subarray(0, n));
    return this.above(kthLargest(value, n, most), most);
  }

  /** An answer that about SAMPLE_MARGIN · wanted are not below; 0 where there are too few to ask only some. */
  private guessLeast(wanted: number): number {
    const { sum, touched, nTouched } = this.answers as Accumulator;
    if (nTouched < SAMPLED * wanted) return 0;
    const { sample } = this;
    let nSample = 0;
    for (let t = 0; t < nTouched; t += SAMPLE_STEP) sample[nSample++] = sum[touched[t]];
    const place = Math.min(nSample, Math.ceil((SAMPLE_MARGIN * wanted) / SAMPLE_STEP));
    return Math.max(0, kthLargest(sample, nSample, place));
  }

  /** Fill `front` with the positive answers from `least`. */
  private collect(least: number): void {
    const { sum, touched, nTouched } = this.answers as Accumulator;
    const { product, value } = this.front;
    const floor = Math.max(least, Number.MIN_VALUE);
    let n = 0;
    if (nTouched === sum.length) {
      for (let index = 0; index < nTouched; index++) {
        const answer = sum[index];
        if (!(answer >= floor)) continue;
        product[n] = index;
        value[n++] = answer;
      }
    } else {
      for (let t = 0; t < nTouched; t++) {
        const answer = sum[touched[t]];
        if (!(answer >= floor)) continue;
        product[n] = touched[t];
        value[n++] = answer;
      }
    }
    this.front.n = n;
    this.least = least;
  }

  private selectEligible(cut: number, mayBeListed: (product: number) => boolean): void {
    const { front, eligible } = this;
    let n = 0;
    for (let i = 0; i < front.n; i++) {
      if (front.value[i] < cut || !mayBeListed(front.product[i])) continue;
      eligible.product[n] = front.product[i];
      eligible.value[n++] = front.value[i];
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
