/**
 * Tastes as directions: products are near each other when a chain of shoppers links them, even if nobody chose both.
 *
 *   method 0, spectral:  f(p, i) = Σ_j p(j) d_j^−½ (V_j · V_i) d_i^½     V: see spectralVectors.ts;  d = shoppers of a product
 *   method 1, implicit:  f(p, i) = Σ_j p(j) s_j · y_i                    s, y: see implicitAls.ts
 *
 * A product that nobody chose stands where its description puts it (see predictFromTerms.ts), with d = 1.
 * Source: Shen et al., CIKM 2021 (GF-CF); Hu, Koren & Volinsky, ICDM 2008. Cost: see those files.
 */
import { foldInFactors, implicitFactors } from "./implicitAls.js";
import type { LatentSpace } from "./latentSpace.js";
import { predictFromTerms } from "./predictFromTerms.js";
import { anyChosenTogether } from "./shoppersOfProduct.js";
import type { Parameters, SignalInput, WholeSignal } from "./signal.js";
import { spectralVectors } from "./spectralVectors.js";
import { termVectors } from "./termVectors.js";

const IMPLICIT = 1;
/** The work grows with the square of the rank: at 64, ten times what the rest of a training takes. */
const MAX_IMPLICIT_RANK = 16;

export const latent: WholeSignal<LatentSpace> = {
  name: "latent",
  defaults: { method: 0, rank: 128, lambda: 3, alpha: 0.1, reg: 0.005, iterations: 4, horizon: 0 },
  fit,
};

function fit(input: SignalInput, parameters: Parameters): LatentSpace | null {
  if (!anyChosenTogether(input.choices)) return null;
  return parameters.method === IMPLICIT ? fitImplicit(input, parameters) : fitSpectral(input, parameters);
}

function fitSpectral(input: SignalInput, parameters: Parameters): LatentSpace {
  const root = Float64Array.from(input.choices.popularity, (shoppers) => Math.sqrt(Math.max(1, shoppers)));
  const { rank, vectors } = spectralVectors(
    input.choices,
    root.map((r) => 1 / r),
    rankWithin(parameters.rank, input.choices.popularity),
  );
  placeUnchosen(vectors, rank, input, parameters);
  return {
    rank,
    source: vectors.map((value, n) => value / root[Math.floor(n / rank)]),
    target: vectors.map((value, n) => value * root[Math.floor(n / rank)]),
  };
}

/** One direction for so many chosen products: further ones of a small catalogue follow chance. */
const PRODUCTS_PER_DIRECTION = 25;
/** What the smallest shop is given. */
const LEAST_RANK = 64;

/** A power of two, so that a few products more or less change nothing. */
function rankWithin(most: number, popularity: Float32Array): number {
  const nChosen = popularity.reduce((n, nShoppers) => n + (nShoppers > 0 ? 1 : 0), 0);
  const carried = 2 ** Math.floor(Math.log2(Math.max(1, nChosen / PRODUCTS_PER_DIRECTION)));
  return Math.min(most, Math.max(LEAST_RANK, carried));
}

function fitImplicit(input: SignalInput, parameters: Parameters): LatentSpace {
  const { alpha, reg, iterations } = parameters;
  const rank = Math.min(parameters.rank, MAX_IMPLICIT_RANK);
  const options = { rank, alpha, reg, iterations };
  const target = implicitFactors(input.choices, input.log.nProducts, options);
  placeUnchosen(target, rank, input, parameters);
  return { rank, source: foldInFactors(target, options), target };
}

/** @param vectors row-major nProducts × rank; the rows of products that nobody chose are overwritten */
function placeUnchosen(
  vectors: Float32Array,
  rank: number,
  { choices, attributes }: SignalInput,
  { lambda }: Parameters,
): void {
  if (!choices.popularity.includes(0)) return;
  const terms = termVectors(attributes);
  if (terms.term.length === 0) return;
  predictFromTerms(vectors, (product) => choices.popularity[product] > 0, { terms, rank, lambda });
}
