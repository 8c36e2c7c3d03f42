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
  let c = 0;
  // By fours: four sums that do not wait for each other, each added up in the same order as one alone.
  for (; c + 3 < n; c += 4) {
    const row0 = candidates[c] * rank;
    const row1 = candidates[c + 1] * rank;
    const row2 = candidates[c + 2] * rank;
    const row3 = candidates[c + 3] * rank;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let d = 0; d < rank; d++) {
      const along = taste[d];
      sum0 += along * target[row0 + d];
      sum1 += along * target[row1 + d];
      sum2 += along * target[row2 + d];
      sum3 += along * target[row3 + d];
    }
    out[c] = sum0;
    out[c + 1] = sum1;
    out[c + 2] = sum2;
    out[c + 3] = sum3;
  }
  for (; c < n; c++) {
    const row = candidates[c] * rank;
    let sum = 0;
    for (let d = 0; d < rank; d++) sum += taste[d] * target[row + d];
    out[c] = sum;
  }
}

/** Σ_j p(j) · source[j], length rank. */
function tasteOf({ rank, source }: LatentSpace, { product, weight }: ProfileVector): Float64Array {
  const taste = new Float64Array(rank);
  const known: number[] = [];
  for (let j = 0; j < product.length; j++) if (product[j] * rank < source.length) known.push(j); // others came after training
  let k = 0;
  // By fours, which reads and writes the sums a quarter as often.
  for (; k + 3 < known.length; k += 4) {
    const [a, b, c, e] = [known[k], known[k + 1], known[k + 2], known[k + 3]];
    const rowA = product[a] * rank;
    const rowB = product[b] * rank;
    const rowC = product[c] * rank;
    const rowE = product[e] * rank;
    const weightA = weight[a];
    const weightB = weight[b];
    const weightC = weight[c];
    const weightE = weight[e];
    for (let d = 0; d < rank; d++) {
      taste[d] =
        taste[d] +
        weightA * source[rowA + d] +
        weightB * source[rowB + d] +
        weightC * source[rowC + d] +
        weightE * source[rowE + d];
    }
  }
  for (; k < known.length; k++) {
    const row = product[known[k]] * rank;
    for (let d = 0; d < rank; d++) taste[d] += weight[known[k]] * source[row + d];
  }
  return taste;
}
