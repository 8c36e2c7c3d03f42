import type { RecommendationReason } from "../domain/recommendation.js";
import { SIGNAL_NAMES } from "../domain/setting.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import type { Evidence, Profile } from "./profile.js";

const NONE = -1;

/**
 * For each listed product, the profile entry that carried most of one signal's answer: argmax_j p(j) · M[j, i] over
 * positive entries, −1 when there is none.
 *
 * @param matrixOf the rows of the signal that decided about product i, or null for a prior
 * Cost: profile × k lookups per distinct signal, whatever the number of listed products.
 */
export function strongestEvidence(
  profile: Profile,
  products: readonly number[],
  matrixOf: readonly (SparseMatrix | null)[],
): Int32Array {
  const strongest = new Int32Array(products.length).fill(NONE);
  for (const matrix of new Set(matrixOf)) {
    if (matrix === null) continue;
    const positionOf = new Map<number, number>();
    for (let i = 0; i < products.length; i++) if (matrixOf[i] === matrix) positionOf.set(products[i], i);
    findStrongest(profile, matrix, positionOf, strongest);
  }
  return strongest;
}

function findStrongest(
  profile: Profile,
  matrix: SparseMatrix,
  positionOf: ReadonlyMap<number, number>,
  strongest: Int32Array,
): void {
  const most = new Float64Array(strongest.length);
  for (let e = 0; e < profile.product.length; e++) {
    const product = profile.product[e];
    const weight = profile.weight[e];
    if (weight <= 0 || product >= matrix.nRows) continue;
    for (let n = matrix.rowStart[product]; n < matrix.rowStart[product + 1]; n++) {
      const position = positionOf.get(matrix.col[n]);
      if (position === undefined || weight * matrix.value[n] <= most[position]) continue;
      most[position] = weight * matrix.value[n];
      strongest[position] = e;
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
