import type { RecommendationReason } from "../domain/recommendation.js";
import { SIGNAL_NAMES } from "../domain/setting.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import type { Evidence, Profile } from "./profile.js";

const NONE = -1;

/**
 * Finds, for each listed product, the profile entry that carried most of one signal's answer: argmax_j p(j) · M[j, i]
 * over positive entries. One per model: its memory is as long as the catalogue.
 */
export class EvidenceFinder {
  /** Place in the list of each product, or −1; all −1 between two calls. */
  private readonly placeOf: Int32Array;

  constructor(nModelProducts: number) {
    this.placeOf = new Int32Array(nModelProducts).fill(NONE);
  }

  /**
   * @param products model indexes of the listed products
   * @param matrixOf the rows of the signal that decided about product i, or null for a prior
   * @returns per listed product the position in the profile, −1 when there is none
   * Cost: profile × k lookups per distinct signal, whatever the number of listed products.
   */
  strongest(profile: Profile, products: readonly number[], matrixOf: readonly (SparseMatrix | null)[]): Int32Array {
    const strongest = new Int32Array(products.length).fill(NONE);
    const most = new Float64Array(products.length);
    for (const matrix of new Set(matrixOf)) {
      if (matrix === null) continue;
      for (let i = 0; i < products.length; i++) if (matrixOf[i] === matrix) this.placeOf[products[i]] = i;
      this.search(profile, matrix, most, strongest);
      for (const product of products) if (product < this.placeOf.length) this.placeOf[product] = NONE;
    }
    return strongest;
  }

  /** `most` and `strongest` are overwritten for the products that have a place. */
  private search(
    profile: Profile,
    { nRows, rowStart, col, value }: SparseMatrix,
    most: Float64Array,
    strongest: Int32Array,
  ): void {
    const { placeOf } = this;
    for (let e = 0; e < profile.product.length; e++) {
      const product = profile.product[e];
      const weight = profile.weight[e];
      if (weight <= 0 || product >= nRows) continue;
      const end = rowStart[product + 1];
      for (let n = rowStart[product]; n < end; n++) {
        const place = placeOf[col[n]];
        if (place < 0 || weight * value[n] <= most[place]) continue;
        most[place] = weight * value[n];
        strongest[place] = e;
      }
    }
  }
}

const COLLABORATIVE = SIGNAL_NAMES.indexOf("collaborative");
const BASKET = SIGNAL_NAMES.indexOf("basket");
const CONTENT = SIGNAL_NAMES.indexOf("content");

const COLLABORATIVE_REASON: Record<Evidence, RecommendationReason> = {
  bought: "BECAUSE_YOU_BOUGHT",
  viewed: "BECAUSE_YOU_VIEWED",
  inCart: "IN_YOUR_CART",
  subject: "ALSO_CHOSEN",
};

/** The shopper's word for the signal with the largest term. */
export function reasonFor(signal: number, evidence: Evidence | null): RecommendationReason {
  if (signal === COLLABORATIVE) return evidence === null ? "ALSO_CHOSEN" : COLLABORATIVE_REASON[evidence];
  if (signal === BASKET) return "BOUGHT_TOGETHER";
  if (signal === CONTENT) return "SIMILAR_CONTENT";
  return "TRENDING";
}
