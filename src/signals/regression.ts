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
import { denseGram, MAX_DENSE_PRODUCTS } from "./denseGram.js";
import { LocalGram } from "./localGram.js";
import { PositiveDefiniteSystem } from "./positiveDefiniteSystem.js";
import { anyChosenTogether, shoppersOfProduct } from "./shoppersOfProduct.js";
import type { MatrixFit, MatrixSignal, Parameters, RowRange, SignalInput } from "./signal.js";
import { sourceRows } from "./sourceRows.js";
import { joinRows, type SparseMatrix } from "./sparseMatrix.js";
import { TopK } from "./topK.js";
import { TREND_PARAMETERS, trendChange, trendFactor } from "./trendRatio.js";

export const regression: MatrixSignal = {
  name: "regression",
  defaults: { k: 100, lambda: 100, maxRow: 300, horizon: 0, trendHalfLifeDays: 14, trendExponent: 0 },
  needsAllRows: true,
  scaled: TREND_PARAMETERS,
  scaling: (input, from, to) => ({ isNormalised: false, trend: trendChange(input, from, to) }),
  prepare,
};

/** Finds what was chosen together with one product, and among several; scratch of one thread. */
interface Together {
  /** Offer every product chosen together with the target, by G_ij / √pop(i). */
  offerSources(target: number, best: TopK): void;
  /** G among the first n sources, added to the lower triangle of the system, and G of each with the target to its rhs. */
  fill(system: PositiveDefiniteSystem, sources: Int32Array, n: number, target: number): void;
}

function prepare(input: SignalInput, parameters: Parameters): MatrixFit | null {
  const { choices, log, tieRank } = input;
  if (!anyChosenTogether(choices)) return null;
  const together = log.nProducts <= MAX_DENSE_PRODUCTS ? denseTogether(input) : sparseTogether(input);
  const factor = trendFactor(input, parameters);
  return {
    fitRange: (range) => fitTargets(input, parameters, together, factor, range),
    assemble: (pieces) => sourceRows(joinRows(pieces), parameters.maxRow, tieRank),
  };
}

/** Row t of the result is column range.from + t of the matrix: the weights of the sources of one target. */
function fitTargets(
  { log, tieRank }: SignalInput,
  { k, lambda }: Parameters,
  together: Together,
  factor: Float32Array | null,
  { from, to }: RowRange,
): SparseMatrix {
  const best = new TopK(k, tieRank);
  const system = new PositiveDefiniteSystem(k);
  const source = new Int32Array(k);
  const strength = new Float64Array(k);
  const rowStart = new Int32Array(to - from + 1);
  const col = new Int32Array((to - from) * k);
  const value = new Float32Array((to - from) * k);
  let n = 0;
  for (let target = from; target < to; target++) {
    together.offerSources(target, best);
    const nSources = best.drainInto(source, strength, 0);
    system.clear(nSources);
    together.fill(system, source, nSources, target);
    for (let s = 0; s < nSources; s++) system.matrix[s * system.stride + s] += lambda;
    system.solve(nSources);
    const scale = factor === null ? 1 : factor[target];
    for (let s = 0; s < nSources; s++) {
      col[n] = source[s];
      value[n++] = system.rhs[s] * scale;
    }
    rowStart[target - from + 1] = n;
  }
  return { nRows: to - from, nCols: log.nProducts, rowStart, col: col.slice(0, n), value: value.slice(0, n) };
}

/** For a small catalogue: everything is read from the square of counts. */
function denseTogether({ choices, log }: SignalInput): Together {
  const { nProducts } = log;
  const gram = denseGram(choices, nProducts);
  // In float64, and divided by: rounded otherwise, ties would not be the ties that a large catalogue finds.
  const root = Float64Array.from(choices.popularity, Math.sqrt);
  return {
    offerSources(target, best) {
      const row = target * nProducts;
      let least = best.least;
      for (let product = 0; product < nProducts; product++) {
        const count = gram[row + product];
        if (count === 0) continue;
        const strength = count / root[product];
        if (strength >= least && product !== target) {
          best.offer(product, strength);
          least = best.least;
        }
      }
    },
    fill({ matrix, stride, rhs }, sources, n, target) {
      for (let s = 0; s < n; s++) {
        const row = sources[s] * nProducts;
        for (let t = 0; t <= s; t++) matrix[s * stride + t] += gram[row + sources[t]];
        rhs[s] = gram[row + target];
      }
    },
  };
}

/** For a large one: counted around each target through its shoppers. */
function sparseTogether({ choices, log }: SignalInput): Together {
  const shoppers = shoppersOfProduct(choices, log.nProducts);
  const gram = new LocalGram(shoppers, log.nShoppers);
  const counts = new Accumulator(log.nProducts);
  return {
    offerSources(target, best) {
      for (let s = shoppers.start[target]; s < shoppers.start[target + 1]; s++) {
        const u = shoppers.shopper[s];
        for (let c = choices.start[u]; c < choices.start[u + 1]; c++) counts.add(choices.product[c], 1);
      }
      for (let t = 0; t < counts.nTouched; t++) {
        const product = counts.touched[t];
        if (product !== target) best.offer(product, counts.sum[product] / Math.sqrt(choices.popularity[product]));
      }
    },
    fill(system, sources, n) {
      gram.addTo(system.matrix, system.stride, sources, n);
      for (let s = 0; s < n; s++) system.rhs[s] = counts.sum[sources[s]];
      counts.clear();
    },
  };
}
