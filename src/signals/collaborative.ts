/**
 * RP3beta: a three-step random walk product → shopper → product over the choices, damped by the target's popularity.
 *
 *   M[j, i] = Σ_u P(j→u)^α · P(u→i)^α / pop(i)^β        P(j→u) = 1/pop(j),  P(u→i) = 1/|choices(u)|
 *
 * The columns may lean on what the shop sells now (see trendRatio.ts), which decides more than the model where tastes
 * follow the season. Rows keep their k best and sum to 1, so the factor pop(j)^-α, equal within a row, is left out.
 * Source: Paudel, Christoffel, Newell, Bernstein: Updatable, accurate, diverse and scalable recommendations for
 * interactive applications, ACM TiiS 7(1), 2017. Cost: Σ_u |choices(u)|² additions, k entries a product.
 */
import { independentRows } from "./fitRows.js";
import { anyChosenTogether, shoppersOfProduct } from "./shoppersOfProduct.js";
import type { MatrixFit, MatrixSignal, Parameters, RowKernel, SignalInput } from "./signal.js";
import { TREND_PARAMETERS, trendChange, trendFactor } from "./trendRatio.js";

export const collaborative: MatrixSignal = {
  name: "collaborative",
  defaults: { alpha: 0.6, beta: 0.5, k: 100, horizon: 0, weightPower: 1, trendHalfLifeDays: 14, trendExponent: 0 },
  scaled: ["beta", ...TREND_PARAMETERS],
  scaling: (input, from, to) => ({
    column: damping(input, to.beta - from.beta),
    isNormalised: true,
    trend: trendChange(input, from, to),
  }),
  prepare,
};

/** pop(i)^−exponent */
function damping({ choices }: SignalInput, exponent: number): Float64Array {
  return Float64Array.from(choices.popularity, (nShoppers) => Math.max(1, nShoppers) ** -exponent);
}

function prepare(input: SignalInput, parameters: Parameters): MatrixFit | null {
  const { log, choices } = input;
  if (!anyChosenTogether(choices)) return null;
  const shoppers = shoppersOfProduct(choices, log.nProducts);
  const stepFromShopper = new Float64Array(log.nShoppers);
  for (let u = 0; u < log.nShoppers; u++) {
    stepFromShopper[u] = Math.max(1, choices.start[u + 1] - choices.start[u]) ** -parameters.alpha;
  }
  const targetDamping = damping(input, parameters.beta);
  const kernel: RowKernel = (product, row) => {
    for (let s = shoppers.start[product]; s < shoppers.start[product + 1]; s++) {
      const u = shoppers.shopper[s];
      row.addScaled(choices.product, choices.start[u], choices.start[u + 1], stepFromShopper[u], targetDamping);
    }
  };
  return independentRows(kernel, input, { k: parameters.k, targetFactor: trendFactor(input, parameters) });
}
