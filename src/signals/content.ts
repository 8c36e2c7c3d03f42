/**
 * Alike by what they are: cosine of TF-IDF vectors over the words of name and description, category path, tags, brand
 * and price bucket, sharpened by the fourth power so that two shared common words do not outweigh one real match.
 *
 *   w(j, t) = field(t) · ln(1 + n/df(t))      M[j, i] = cos(w(j), w(i))^4
 *
 * Source: Salton & Buckley 1988 (term weighting). Cost: Σ_t df(t)² additions over words carried by at most a fifth of
 * the products; a word that half of the shop shares says nothing and would cost most.
 */
import { independentRows } from "./fitRows.js";
import type { MatrixFit, MatrixSignal, Parameters, RowKernel, SignalInput } from "./signal.js";
import { addCosines, termVectors } from "./termVectors.js";

export const content: MatrixSignal = {
  name: "content",
  defaults: { k: 50, sharpness: 4, horizon: 0 },
  scaled: [],
  scaling: () => ({ isNormalised: false }),
  prepare,
};

function prepare(input: SignalInput, parameters: Parameters): MatrixFit | null {
  const vectors = termVectors(input.attributes);
  if (vectors.term.length === 0) return null;
  const kernel: RowKernel = (product, row) => {
    addCosines(vectors, product, row);
    for (let t = 0; t < row.nTouched; t++) row.sum[row.touched[t]] **= parameters.sharpness;
  };
  return independentRows(kernel, input, { k: parameters.k });
}
