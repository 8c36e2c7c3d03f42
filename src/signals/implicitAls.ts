/**
 * Matrix factorisation of who chose what, by alternating least squares: shoppers x and products y that minimise
 *
 *   Σ_chosen (1 − x·y)² + α Σ_all (x·y)² + λ Σ_x (n_x + α·nProducts)·|x|² + λ Σ_y (n_y + α·nShoppers)·|y|²
 *
 * with n the choices of a shopper or product. α says how surely "not chosen" means "not wanted".
 * Source: Hu, Koren & Volinsky, ICDM 2008; this weighting and regularisation from Rendle, Krichene, Zhang & Koren,
 * Revisiting the performance of iALS, RecSys 2022.
 * Cost of an iteration: (choices · rank² + (shoppers + products) · rank³/6) multiply–adds.
 */
import { fillGaussian } from "./gaussian.js";
import type { Choices } from "./interactionLog.js";
import { innerProducts } from "./orthonormalise.js";
import { PositiveDefiniteSystem } from "./positiveDefiniteSystem.js";
import { shoppersOfProduct } from "./shoppersOfProduct.js";

const SEED = 1;
/** Size of the start; the first solution forgets it, only its directions matter. */
const START_SCALE = 0.1;

export interface AlsOptions {
  readonly rank: number;
  readonly alpha: number;
  readonly reg: number;
  readonly iterations: number;
}

/** Who holds what, in either direction (CSR). */
interface Links {
  readonly start: Int32Array;
  readonly other: Int32Array;
}

/** The product factors y, row-major nProducts × rank; zeros for a product that nobody chose. */
export function implicitFactors(choices: Choices, nProducts: number, options: AlsOptions): Float32Array {
  const { start, shopper } = shoppersOfProduct(choices, nProducts);
  const products = new Float32Array(nProducts * options.rank);
  const shoppers = new Float32Array((choices.start.length - 1) * options.rank);
  fillGaussian(products, SEED);
  for (let n = 0; n < products.length; n++) products[n] *= START_SCALE / Math.sqrt(options.rank);
  for (let iteration = 0; iteration < options.iterations; iteration++) {
    solveSide(shoppers, products, { start: choices.start, other: choices.product }, options);
    solveSide(products, shoppers, { start, other: shopper }, options);
  }
  return products;
}

/**
 * What one choice of a product adds to a shopper's factors: s(j) = (α·YᵀY + λ·α·nProducts·I)⁻¹ y(j).
 *
 * Folding a profile in exactly would add the profile's own y·yᵀ to the matrix, another one for each shopper. Leaving them
 * out keeps the answer a sum over the profile, as for every signal; it shortens no list and overstates crowded tastes a
 * little.
 */
export function foldInFactors(factors: Float32Array, { rank, alpha, reg }: AlsOptions): Float32Array {
  const nProducts = factors.length / rank;
  const gram = innerProducts(factors, factors, rank);
  const system = new PositiveDefiniteSystem(rank);
  const folded = new Float32Array(factors.length);
  const inverse = new Float64Array(rank * rank);
  for (let d = 0; d < rank; d++) {
    startSystem(system, gram, { rank, alpha, ridge: reg * alpha * nProducts });
    system.rhs.fill(0, 0, rank);
    system.rhs[d] = 1;
    system.solve(rank);
    inverse.set(system.rhs.subarray(0, rank), d * rank);
  }
  for (let product = 0; product < nProducts; product++) {
    for (let d = 0; d < rank; d++) {
      let sum = 0;
      for (let e = 0; e < rank; e++) sum += inverse[d * rank + e] * factors[product * rank + e];
      folded[product * rank + d] = sum;
    }
  }
  return folded;
}

/** Solve for every row of one side, the other side fixed. `mine` is overwritten. */
function solveSide(mine: Float32Array, others: Float32Array, { start, other }: Links, options: AlsOptions): void {
  const { rank, alpha, reg } = options;
  const nOthers = others.length / rank;
  const gram = innerProducts(others, others, rank);
  const system = new PositiveDefiniteSystem(rank);
  for (let row = 0; row + 1 < start.length; row++) {
    const nLinks = start[row + 1] - start[row];
    if (nLinks === 0) {
      mine.fill(0, row * rank, (row + 1) * rank);
      continue;
    }
    startSystem(system, gram, { rank, alpha, ridge: reg * (nLinks + alpha * nOthers) });
    system.rhs.fill(0, 0, rank);
    let link = start[row];
    for (; link + 3 < start[row + 1]; link += 4) addFourLinks(system, others, other, link, rank);
    for (; link < start[row + 1]; link++) addLink(system, others, other[link] * rank, rank);
    system.solve(rank);
    mine.set(system.rhs.subarray(0, rank), row * rank);
  }
}

/** The part of the matrix that all rows share: α·Gram + ridge·I. */
function startSystem(
  { matrix, stride }: PositiveDefiniteSystem,
  gram: Float64Array,
  { rank, alpha, ridge }: { readonly rank: number; readonly alpha: number; readonly ridge: number },
): void {
  for (let a = 0; a < rank; a++) {
    for (let b = 0; b <= a; b++) matrix[a * stride + b] = alpha * gram[a * rank + b];
    matrix[a * stride + a] += ridge;
  }
}

function addLink(
  { matrix, rhs, stride }: PositiveDefiniteSystem,
  others: Float32Array,
  offset: number,
  rank: number,
): void {
  for (let a = 0; a < rank; a++) {
    const value = others[offset + a];
    rhs[a] += value;
    for (let b = 0; b <= a; b++) matrix[a * stride + b] += value * others[offset + b];
  }
}

/** Four in turn, each entry of the matrix read and written once. */
function addFourLinks(
  { matrix, rhs, stride }: PositiveDefiniteSystem,
  others: Float32Array,
  other: Int32Array,
  link: number,
  rank: number,
): void {
  const at0 = other[link] * rank;
  const at1 = other[link + 1] * rank;
  const at2 = other[link + 2] * rank;
  const at3 = other[link + 3] * rank;
  for (let a = 0; a < rank; a++) {
    const x0 = others[at0 + a];
    const x1 = others[at1 + a];
    const x2 = others[at2 + a];
    const x3 = others[at3 + a];
    const row = a * stride;
    rhs[a] = rhs[a] + x0 + x1 + x2 + x3;
    for (let b = 0; b <= a; b++) {
      matrix[row + b] =
        matrix[row + b] + x0 * others[at0 + b] + x1 * others[at1 + b] + x2 * others[at2 + b] + x3 * others[at3 + b];
    }
  }
}
