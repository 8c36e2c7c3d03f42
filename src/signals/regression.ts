/**
 * Which products together best predict a choice: for every target j a ridge regression on the k products that go with
 * it best, so that a product everybody buys explains only what nothing more telling explains.
 *
 *   w = (G_kk + λI)⁻¹ G_kj      M[i, j] = w(i)      G = XᵀX (shoppers who chose both),  k best by G_ij / √pop(i)
 *
 * Weights are signed: a negative one says "who chose i rather does without j". They are not scaled by row, since a sum
 * of weights is itself the prediction. With k = n − 1 and one λ this is each column's own ridge regression on all other
 * products, which EASE solves in closed form with n² memory.
 * Source: Ning & Karypis, SLIM, ICDM 2011 (fsSLIM); Steck, Embarrassingly shallow autoencoders, WWW 2019.
 * Cost: a target needs k³/6 multiply–adds and the counting of localGram.ts; the matrix holds n·k entries.
 */
import { Accumulator } from "./accumulator.js";
import type { Choices } from "./interactionLog.js";
import { LocalGram } from "./localGram.js";
import { PositiveDefiniteSystem } from "./positiveDefiniteSystem.js";
import { anyChosenTogether, type ShoppersOfProduct, shoppersOfProduct } from "./shoppersOfProduct.js";
import type { MatrixFit, MatrixSignal, Parameters, RowRange, SignalInput } from "./signal.js";
import { sourceRows } from "./sourceRows.js";
import { joinRows, type SparseMatrix } from "./sparseMatrix.js";
import { TopK } from "./topK.js";
import { TREND_PARAMETERS, trendChange, trendFactor } from "./trendRatio.js";

export const regression: MatrixSignal = {
  name: "regression",
  defaults: { k: 100, lambda: 100, maxRow: 300, horizon: 0, trendHalfLifeDays: 14, trendExponent: 0 },
  scaled: TREND_PARAMETERS,
  scaling: (input, from, to) => ({ isNormalised: false, trend: trendChange(input, from, to) }),
  prepare,
};

interface Prepared {
  readonly shoppers: ShoppersOfProduct;
  /** Scratch of one thread; safe to share between ranges, because fitting one is synchronous. */
  readonly gram: LocalGram;
  readonly factor: Float32Array | null;
}

function prepare(input: SignalInput, parameters: Parameters): MatrixFit | null {
  const { choices, log, tieRank } = input;
  if (!anyChosenTogether(choices)) return null;
  const shoppers = shoppersOfProduct(choices, log.nProducts);
  const gram = new LocalGram(shoppers, log.nShoppers);
  const factor = trendFactor(input, parameters);
  return {
    fitRange: (range) => fitTargets(input, parameters, { shoppers, gram, factor }, range),
    assemble: (pieces) => sourceRows(joinRows(pieces), parameters.maxRow, tieRank),
  };
}

/** Row t of the result is column range.from + t of the matrix: the weights of the sources of one target. */
function fitTargets(
  { choices, log, tieRank }: SignalInput,
  { k, lambda }: Parameters,
  { shoppers, gram, factor }: Prepared,
  { from, to }: RowRange,
): SparseMatrix {
  const together = new Accumulator(log.nProducts);
  const best = new TopK(k, tieRank);
  const system = new PositiveDefiniteSystem(k);
  const source = new Int32Array(k);
  const strength = new Float64Array(k);
  const rowStart = new Int32Array(to - from + 1);
  const col = new Int32Array((to - from) * k);
  const value = new Float32Array((to - from) * k);
  let n = 0;
  for (let target = from; target < to; target++) {
    countTogether(target, choices, shoppers, together);
    offerSources(target, together, choices.popularity, best);
    const nSources = best.drainInto(source, strength, 0);
    system.clear(nSources);
    gram.addTo(system.matrix, system.stride, source, nSources);
    for (let s = 0; s < nSources; s++) {
      system.matrix[s * system.stride + s] += lambda;
      system.rhs[s] = together.sum[source[s]];
    }
    system.solve(nSources);
    const scale = factor === null ? 1 : factor[target];
    for (let s = 0; s < nSources; s++) {
      col[n] = source[s];
      value[n++] = system.rhs[s] * scale;
    }
    rowStart[target - from + 1] = n;
    together.clear();
  }
  return { nRows: to - from, nCols: log.nProducts, rowStart, col: col.slice(0, n), value: value.slice(0, n) };
}

/** Row `target` of G. */
function countTogether(target: number, choices: Choices, shoppers: ShoppersOfProduct, together: Accumulator): void {
  for (let s = shoppers.start[target]; s < shoppers.start[target + 1]; s++) {
    const u = shoppers.shopper[s];
    for (let c = choices.start[u]; c < choices.start[u + 1]; c++) together.add(choices.product[c], 1);
  }
}

function offerSources(target: number, together: Accumulator, popularity: Float32Array, best: TopK): void {
  for (let t = 0; t < together.nTouched; t++) {
    const product = together.touched[t];
    if (product !== target) best.offer(product, together.sum[product] / Math.sqrt(popularity[product]));
  }
}
