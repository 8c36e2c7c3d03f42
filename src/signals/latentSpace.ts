import type { ProfileVector } from "./signal.js";

/**
 * Products as vectors: f(p, i) = (Σ_j p(j) · source[j]) · target[i]. Row-major, nProducts × rank; a product that the
 * space does not know has zeros.
 */
export interface LatentSpace {
  readonly rank: number;
  readonly source: Float32Array;
  readonly target: Float32Array;
}

/**
 * The scores of candidates only, since the space knows every product and ranking all of them would cost the catalogue.
 *
 * @param n how many of `candidates` to score
 * @param out the first n are overwritten
 * Cost: (profile + n) · rank multiply–adds.
 */
export function answerLatent(
  space: LatentSpace,
  profile: ProfileVector,
  candidates: ArrayLike<number>,
  n: number,
  out: Float64Array,
): void {
  const { rank, target } = space;
  const taste = tasteOf(space, profile);
  for (let c = 0; c < n; c++) {
    const row = candidates[c] * rank;
    let sum = 0;
    for (let d = 0; d < rank; d++) sum += taste[d] * target[row + d];
    out[c] = sum;
  }
}

/** Σ_j p(j) · source[j], length rank. */
function tasteOf({ rank, source }: LatentSpace, { product, weight }: ProfileVector): Float64Array {
  const taste = new Float64Array(rank);
  for (let j = 0; j < product.length; j++) {
    const row = product[j] * rank;
    if (row >= source.length) continue; // it came after training
    for (let d = 0; d < rank; d++) taste[d] += weight[j] * source[row + d];
  }
  return taste;
}
