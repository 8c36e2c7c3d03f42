/**
 * Tastes as directions: a low-pass filter over the graph of choices, which links products that nobody chose together
 * when a chain of shoppers does.
 *
 *   f(p, i) = Σ_j p(j) d_j^−½ (V_j · V_i) d_i^½        V: see spectralVectors.ts;  d = shoppers of a product
 *
 * A product that nobody chose stands where its description puts it (see predictFromTerms.ts), with d = 1.
 * Source: Shen et al., CIKM 2021 (GF-CF). Cost: see the two files.
 */
import type { LatentSpace } from "./latentSpace.js";
import { predictFromTerms } from "./predictFromTerms.js";
import { anyChosenTogether } from "./shoppersOfProduct.js";
import type { Parameters, SignalInput, WholeSignal } from "./signal.js";
import { spectralVectors } from "./spectralVectors.js";
import { termVectors } from "./termVectors.js";

export const latent: WholeSignal<LatentSpace> = {
  name: "latent",
  defaults: { rank: 64, lambda: 3, horizon: 0 },
  fit,
};

function fit({ choices, attributes }: SignalInput, { rank: mostRank, lambda }: Parameters): LatentSpace | null {
  if (!anyChosenTogether(choices)) return null;
  const { popularity } = choices;
  const degree = Float64Array.from(popularity, (shoppers) => Math.max(1, shoppers));
  const { rank, vectors } = spectralVectors(
    choices,
    degree.map((d) => d ** -0.5),
    mostRank,
  );
  const isKnown = (product: number) => popularity[product] > 0;
  if (popularity.includes(0)) {
    const terms = termVectors(attributes);
    if (terms.term.length > 0) predictFromTerms(vectors, isKnown, { terms, rank, lambda });
  }
  const source = new Float32Array(vectors.length);
  const target = new Float32Array(vectors.length);
  for (let product = 0; product < degree.length; product++) {
    const root = Math.sqrt(degree[product]);
    for (let n = product * rank; n < (product + 1) * rank; n++) {
      source[n] = vectors[n] / root;
      target[n] = vectors[n] * root;
    }
  }
  return { rank, source, target };
}
