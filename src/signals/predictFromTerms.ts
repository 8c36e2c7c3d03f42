/**
 * What a product's terms say of its place in the latent space: one ridge regression for each dimension,
 *
 *   M = (FᵀF + λI)⁻¹ Fᵀ V        v̂(i) = f(i)·M        F: TF-IDF rows of the known products, V: their vectors
 *
 * solved by conjugate gradients for all dimensions together, because F is sparse and FᵀF is not.
 * Source: Hestenes & Stiefel 1952; Gantner et al., Learning attribute-to-feature mappings, ICDM 2010.
 * Cost: 2 · |F| · rank multiply–adds an iteration, at most MAX_ITERATIONS of them.
 */
import type { TermVectors } from "./termVectors.js";

const MAX_ITERATIONS = 60;
/** Squared: a residual of a thousandth moves no ranking. */
const ENOUGH = 1e-6;

export interface TermRegression {
  readonly terms: TermVectors;
  readonly rank: number;
  readonly lambda: number;
}

/**
 * Fill in the vectors of the products that are not known and have terms.
 *
 * @param vectors row-major nProducts × rank; the rows of unknown products are overwritten
 */
export function predictFromTerms(
  vectors: Float32Array,
  isKnown: (product: number) => boolean,
  regression: TermRegression,
): void {
  const { terms, rank } = regression;
  const fitted = termFactors(vectors, isKnown, regression);
  for (let product = 0; product + 1 < terms.start.length; product++) {
    if (isKnown(product)) continue;
    for (let d = 0; d < rank; d++) {
      let sum = 0;
      for (let e = terms.start[product]; e < terms.start[product + 1]; e++) {
        sum += terms.weight[e] * fitted[terms.term[e] * rank + d];
      }
      vectors[product * rank + d] = sum;
    }
  }
}

/** M, row-major nTerms × rank. Each dimension has its own step; they only share the passes over F. */
function termFactors(
  vectors: Float32Array,
  isKnown: (product: number) => boolean,
  { terms, rank, lambda }: TermRegression,
): Float64Array {
  const nTerms = terms.postingStart.length - 1;
  const solution = new Float64Array(nTerms * rank);
  const residual = new Float64Array(nTerms * rank);
  forKnown(terms, isKnown, (product) => addToTerms(terms, product, vectors, product * rank, residual, rank));
  const direction = residual.slice();
  const image = new Float64Array(nTerms * rank);
  const row = new Float64Array(rank);
  let squares = columnProducts(residual, residual, rank);
  const enough = squares.map((square) => square * ENOUGH);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (squares.every((square, d) => square <= enough[d])) break;
    for (let n = 0; n < image.length; n++) image[n] = lambda * direction[n];
    forKnown(terms, isKnown, (product) => {
      sumOfTerms(terms, product, direction, row);
      addToTerms(terms, product, row, 0, image, rank);
    });
    const curvature = columnProducts(direction, image, rank);
    const step = squares.map((square, d) => (square > enough[d] ? square / curvature[d] : 0));
    for (let from = 0; from < solution.length; from += rank) {
      for (let d = 0; d < rank; d++) {
        solution[from + d] += step[d] * direction[from + d];
        residual[from + d] -= step[d] * image[from + d];
      }
    }
    const before = squares;
    squares = columnProducts(residual, residual, rank);
    const turn = squares.map((square, d) => (before[d] > 0 ? square / before[d] : 0));
    for (let from = 0; from < direction.length; from += rank) {
      for (let d = 0; d < rank; d++) direction[from + d] = residual[from + d] + turn[d] * direction[from + d];
    }
  }
  return solution;
}

function forKnown(terms: TermVectors, isKnown: (product: number) => boolean, visit: (product: number) => void): void {
  for (let product = 0; product + 1 < terms.start.length; product++) if (isKnown(product)) visit(product);
}

/** row = f(product)·factors */
function sumOfTerms(
  { start, term, weight }: TermVectors,
  product: number,
  factors: Float64Array,
  row: Float64Array,
): void {
  const rank = row.length;
  row.fill(0);
  for (let e = start[product]; e < start[product + 1]; e++) {
    const from = term[e] * rank;
    const share = weight[e];
    for (let d = 0; d < rank; d++) row[d] += share * factors[from + d];
  }
}

/** factors += f(product)ᵀ·row, where the row stands in `values` from `offset`. */
function addToTerms(
  { start, term, weight }: TermVectors,
  product: number,
  values: Float32Array | Float64Array,
  offset: number,
  factors: Float64Array,
  rank: number,
): void {
  for (let e = start[product]; e < start[product + 1]; e++) {
    const to = term[e] * rank;
    const share = weight[e];
    for (let d = 0; d < rank; d++) factors[to + d] += share * values[offset + d];
  }
}

/** The inner product of each column of x with the same column of y. */
function columnProducts(x: Float64Array, y: Float64Array, rank: number): Float64Array {
  const products = new Float64Array(rank);
  for (let from = 0; from < x.length; from += rank) {
    for (let d = 0; d < rank; d++) products[d] += x[from + d] * y[from + d];
  }
  return products;
}
