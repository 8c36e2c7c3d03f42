/**
 * All co-occurrence counts of a small catalogue as one square: G[i · n + j] = shoppers who chose both. Where shoppers
 * choose much of a small shop this is far less work than counting anew around every product (localGram.ts).
 *
 * Cost: Σ_u |choices(u)|²/2 additions; n² · 2 bytes up to 65,535 shoppers, else twice that. Made once per input and kept as long as it is.
 */
import type { Choices } from "./interactionLog.js";
import { oncePer } from "./oncePer.js";

/** Larger catalogues are sparse, and their square would not fit: 4,096² · 2 bytes are 33 MB. */
export const MAX_DENSE_PRODUCTS = 4096;

/** Counts; of few shoppers they fit into two bytes. */
export type Gram = Uint16Array | Float32Array;

/** The counts of a catalogue of `nProducts`, at most MAX_DENSE_PRODUCTS. Not to be written into. */
export const denseGram = oncePer(count);

function count({ start, product }: Choices, nProducts: number): Gram {
  const size = nProducts * nProducts;
  const gram = start.length <= 65_536 ? new Uint16Array(size) : new Float32Array(size);
  for (let u = 0; u + 1 < start.length; u++) {
    // Ascending, so that what is counted lies below the diagonal; the other half is the same.
    const chosen = product.slice(start[u], start[u + 1]).sort();
    for (let a = 0; a < chosen.length; a++) {
      const row = chosen[a] * nProducts;
      for (let b = 0; b <= a; b++) gram[row + chosen[b]]++;
    }
  }
  mirror(gram, nProducts);
  return gram;
}

/** Rows and columns that fit into the cache together. */
const BLOCK = 64;

/** Copy what stands below the diagonal to above it, block by block, since columns are far apart in memory. */
function mirror(square: Gram, n: number): void {
  for (let top = 0; top < n; top += BLOCK) {
    for (let left = 0; left <= top; left += BLOCK) {
      const bottom = Math.min(n, top + BLOCK);
      const right = Math.min(n, left + BLOCK);
      for (let row = top; row < bottom; row++) {
        for (let col = left; col < right && col < row; col++) square[col * n + row] = square[row * n + col];
      }
    }
  }
}
