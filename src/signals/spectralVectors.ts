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
    const from = choices.start[u];
    const to = choices.start[u + 1];
    taste.fill(0);
    for (let c = from; c < to; c++) {
      const row = choices.product[c] * width;
      const scale = degreeScale[choices.product[c]];
      for (let d = 0; d < width; d++) taste[d] += scale * q[row + d];
    }
    for (let c = from; c < to; c++) {
      const row = choices.product[c] * width;
      const scale = degreeScale[choices.product[c]] / (to - from);
      for (let d = 0; d < width; d++) result[row + d] += scale * taste[d];
    }
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
    const row = product * width;
    for (let axis = 0; axis < rank; axis++) {
      let sum = 0;
      for (let d = 0; d < width; d++) sum += q[row + d] * axes[axis * width + d];
      vectors[product * rank + axis] = sum;
    }
  }
  return { rank, vectors };
}
