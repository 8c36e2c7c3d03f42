/**
 * All co-occurrence counts of a small catalogue as one square: G[i · n + j] = shoppers who chose both. Where shoppers
 * choose much of a small shop this is far less work than counting anew around every product (localGram.ts).
 *
 * Cost: Σ_u |choices(u)|² additions; n² · 2 bytes up to 65,535 shoppers, else twice that. Made once per input and kept as long as it is.
 */
import type { Choices } from "./interactionLog.js";

/** Larger catalogues are sparse, and their square would not fit: 4,096² · 2 bytes are 33 MB. */
export const MAX_DENSE_PRODUCTS = 4096;

/** Counts; of few shoppers they fit into two bytes. */
export type Gram = Uint16Array | Float32Array;

const made = new WeakMap<Choices, Gram>();

/** @param nProducts at most MAX_DENSE_PRODUCTS */
export function denseGram(choices: Choices, nProducts: number): Gram {
  let gram = made.get(choices);
  if (gram === undefined) {
    gram = count(choices, nProducts);
    made.set(choices, gram);
  }
  return gram;
}

function count({ start, product }: Choices, nProducts: number): Gram {
  const size = nProducts * nProducts;
  const gram = start.length <= 65_536 ? new Uint16Array(size) : new Float32Array(size);
  for (let u = 0; u + 1 < start.length; u++) {
    for (let a = start[u]; a < start[u + 1]; a++) {
      const row = product[a] * nProducts;
      for (let b = start[u]; b < start[u + 1]; b++) gram[row + product[b]]++;
    }
  }
  return gram;
}
