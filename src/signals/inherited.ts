/**
 * A product with few choices takes over what its likes have: the collaborative column of the products described most
 * like it, the less the more choices it has itself.
 *
 *   M[j, i] = κ/(κ + pop(i)) · Σ_n N[i, n] · (C[j, n] + OWN·[j = n])        C: the collaborative matrix
 *
 * N[i, ·] holds the products most alike by content that have choices, cosines to the power of `sharpness`, sum 1. Rows
 * of M are not scaled: how much is inherited is what they say. κ is the number of shoppers at which a product stands
 * half on its own feet.
 * Source: neighbour-based feature mapping, Gantner et al., ICDM 2010, with items for latent factors; OWN and the powers
 * were measured on cold products of s3rec-beauty. Cost: the cosines of the heirs, once a thread; then for a row j the
 * heirs of each of its collaborative neighbours.
 */
import { fitRows, independentRows } from "./fitRows.js";
import type { MatrixFit, MatrixSignal, Parameters, RowKernel, SignalInput } from "./signal.js";
import type { SparseMatrix } from "./sparseMatrix.js";
import { addCosines, type TermVectors, termVectors } from "./termVectors.js";
import { transpose } from "./transpose.js";

/** What a product passes on of itself, as a neighbour of its own, next to a collaborative row that sums to 1. */
export const OWN = 0.3;
/** A product that would inherit less stands on its own: at κ = 5, from 45 shoppers on. */
const NEGLIGIBLE_SHARE = 0.1;

export const inherited: MatrixSignal = {
  name: "inherited",
  reads: ["collaborative"],
  defaults: { k: 100, neighbours: 80, sharpness: 4, kappa: 5, horizon: 0 },
  scaled: [],
  scaling: () => ({ isNormalised: false }),
  prepare,
};

function prepare(
  input: SignalInput,
  parameters: Parameters,
  fitted: ReadonlyMap<string, SparseMatrix>,
): MatrixFit | null {
  const collaborative = fitted.get("collaborative");
  const vectors = termVectors(input.attributes);
  if (collaborative === undefined || vectors.term.length === 0) return null;
  const heirs = heirsOfProduct(input, vectors, parameters);
  const kernel: RowKernel = (product, row) => {
    for (let e = collaborative.rowStart[product]; e < collaborative.rowStart[product + 1]; e++) {
      row.addRow(heirs, collaborative.col[e], collaborative.value[e]);
    }
    row.addRow(heirs, product, OWN);
  };
  return independentRows(kernel, input, { k: parameters.k, keepsValues: true });
}

/** Row n: the products i that inherit from n, each with κ/(κ + pop(i)) · N[i, n]. */
function heirsOfProduct(
  { choices, log, tieRank }: SignalInput,
  vectors: TermVectors,
  parameters: Parameters,
): SparseMatrix {
  const { neighbours, sharpness, kappa } = parameters;
  const share = choices.popularity.map((shoppers) => kappa / (kappa + shoppers));
  const kernel: RowKernel = (product, row) => {
    if (share[product] < NEGLIGIBLE_SHARE) return;
    addCosines(vectors, product, row);
    for (let t = 0; t < row.nTouched; t++) {
      const neighbour = row.touched[t];
      row.sum[neighbour] = choices.popularity[neighbour] > 0 ? row.sum[neighbour] ** sharpness : 0;
    }
  };
  const all = { from: 0, to: log.nProducts };
  const { nRows, rowStart, ...entries } = fitRows(kernel, log.nProducts, { k: neighbours, tieRank }, all);
  for (let product = 0; product < nRows; product++) {
    for (let e = rowStart[product]; e < rowStart[product + 1]; e++) entries.value[e] *= share[product];
  }
  return transpose({ nRows, rowStart, ...entries });
}
