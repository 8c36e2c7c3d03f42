/**
 * The directions in which tastes differ most: right singular vectors of the choices, scaled by degree,
 *
 *   N = D_u^−½ · X · D_i^−½        D_u = choices per shopper, D_i = shoppers per product
 *
 * by randomised subspace iteration: Q ← orthonormal(NᵀN·Q) from a random start, then the best `rank` directions inside Q.
 * Source: Halko, Martinsson & Tropp, SIAM Review 53(2), 2011; Shen et al., How powerful is graph convolution for
 * recommendation?, CIKM 2021 (the degree-normalised low-pass filter).
 * Cost: (ITERATIONS + 1) · 2 · (choices + products · width) · width multiply–adds, width = rank + OVERSAMPLING.
 */
import { fillGaussian } from "./gaussian.js";
import type { Choices } from "./interactionLog.js";
import { innerProducts, orthonormalise } from "./orthonormalise.js";
import { symmetricEigen } from "./symmetricEigen.js";

const OVERSAMPLING = 16;
const ITERATIONS = 3;
const SEED = 1;
/** A direction that carries less than this share of the strongest is rounding. */
const NEGLIGIBLE = 1e-6;

export interface SpectralVectors {
  /** At most what was asked for: the choices may not hold more independent directions. */
  readonly rank: number;
  /** Row-major nProducts × rank; zeros for a product that nobody chose. */
  readonly vectors: Float32Array;
}

export function spectralVectors(choices: Choices, degreeScale: Float64Array, rank: number): SpectralVectors {
  const nProducts = degreeScale.length;
  const width = Math.min(rank + OVERSAMPLING, nProducts);
  let q = new Float32Array(nProducts * width);
  let next = new Float32Array(nProducts * width);
  fillGaussian(q, SEED);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    applyNormal(choices, degreeScale, q, next, width);
    [q, next] = [next, q];
    orthonormalise(q, width);
  }
  applyNormal(choices, degreeScale, q, next, width);
  return bestDirections(q, innerProducts(q, next, width), width, rank);
}

/**
 * result = NᵀN·q, shopper by shopper, so that N·q is never held.
 *
 * @param q row-major nProducts × width
 * @param result same shape; overwritten
 */
function applyNormal(
  choices: Choices,
  degreeScale: Float64Array,
  q: Float32Array,
  result: Float32Array,
  width: number,
): void {
  const taste = new Float64Array(width);
  result.fill(0);
  for (let u = 0; u + 1 < choices.start.length; u++) {
    const chosen = choices.product.subarray(choices.start[u], choices.start[u + 1]);
    sumRows(chosen, degreeScale, q, taste);
    for (const product of chosen) {
      const row = product * width;
      const scale = degreeScale[product] / chosen.length;
      for (let d = 0; d < width; d++) result[row + d] += scale * taste[d];
    }
  }
}

/** taste = Σ over the chosen products of scale · their row of q; by fours, which reads and writes it a quarter as often. */
function sumRows(chosen: Int32Array, scale: Float64Array, q: Float32Array, taste: Float64Array): void {
  const width = taste.length;
  taste.fill(0);
  let c = 0;
  for (; c + 3 < chosen.length; c += 4) {
    const row0 = chosen[c] * width;
    const row1 = chosen[c + 1] * width;
    const row2 = chosen[c + 2] * width;
    const row3 = chosen[c + 3] * width;
    const scale0 = scale[chosen[c]];
    const scale1 = scale[chosen[c + 1]];
    const scale2 = scale[chosen[c + 2]];
    const scale3 = scale[chosen[c + 3]];
    for (let d = 0; d < width; d++) {
      taste[d] = taste[d] + scale0 * q[row0 + d] + scale1 * q[row1 + d] + scale2 * q[row2 + d] + scale3 * q[row3 + d];
    }
  }
  for (; c < chosen.length; c++) {
    const row = chosen[c] * width;
    for (let d = 0; d < width; d++) taste[d] += scale[chosen[c]] * q[row + d];
  }
}

/** Q·E for the strongest eigenvectors E of QᵀNᵀNQ, given by its lower triangle. */
function bestDirections(q: Float32Array, lower: Float64Array, width: number, most: number): SpectralVectors {
  for (let a = 0; a < width; a++) for (let b = 0; b < a; b++) lower[b * width + a] = lower[a * width + b];
  const { values, vectors: axes } = symmetricEigen(lower, width);
  let rank = 0;
  while (rank < Math.min(most, width) && values[rank] > values[0] * NEGLIGIBLE) rank++;
  const nProducts = q.length / width;
  const vectors = new Float32Array(nProducts * rank);
  for (let product = 0; product < nProducts; product++) {
    project(
      q.subarray(product * width, (product + 1) * width),
      axes,
      vectors.subarray(product * rank, (product + 1) * rank),
    );
  }
  return { rank, vectors };
}

/** onto = row · axes; by fours: four sums that do not wait for each other. */
function project(row: Float32Array, axes: Float64Array, onto: Float32Array): void {
  const width = row.length;
  let axis = 0;
  for (; axis + 3 < onto.length; axis += 4) {
    const at = axis * width;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let d = 0; d < width; d++) {
      const along = row[d];
      sum0 += along * axes[at + d];
      sum1 += along * axes[at + width + d];
      sum2 += along * axes[at + 2 * width + d];
      sum3 += along * axes[at + 3 * width + d];
    }
    onto[axis] = sum0;
    onto[axis + 1] = sum1;
    onto[axis + 2] = sum2;
    onto[axis + 3] = sum3;
  }
  for (; axis < onto.length; axis++) {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += row[d] * axes[axis * width + d];
    onto[axis] = sum;
  }
}
