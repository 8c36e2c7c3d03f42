import type { Scratch } from "./scratch.js";
import type { ServedModel } from "./servedModel.js";

/** How a product that no signal proposed came to fill a list. */
export type Filler = "none" | "trending" | "popular" | "newest";

/** Propose the `most` best of an order that is the same for everybody. */
export function proposeInOrder(
  order: Int32Array,
  most: number,
  isEligible: (index: number) => boolean,
  scratch: Scratch,
  found: number[],
): void {
  let taken = 0;
  for (let o = 0; o < order.length && taken < most; o++) {
    const product = order[o];
    if (scratch.isExcluded(product) || !isEligible(product)) continue;
    taken++;
    if (scratch.include(product)) found.push(product);
  }
}

/** The ladder below the signals: trending, popular, newest of the catalogue. */
export function fillUp(
  needed: number,
  isEligible: (index: number) => boolean,
  scratch: Scratch,
  found: number[],
  filler: Filler[],
): void {
  const { served } = scratch;
  const ladder: readonly [Filler, () => Int32Array][] = [
    ["trending", () => trendingOrder(served)],
    ["popular", () => served.popularOrder],
    ["newest", () => served.catalogue.newestFirst()],
  ];
  for (const [kind, orderOf] of ladder) {
    if (found.length >= needed) return;
    for (const product of orderOf()) {
      if (found.length >= needed) return;
      if (!isEligible(product) || !scratch.include(product)) continue;
      found.push(product);
      filler.push(kind);
    }
  }
}

function trendingOrder({ signals }: ServedModel): Int32Array {
  const prior = signals.find((signal) => signal?.kind === "prior");
  return prior?.kind === "prior" ? prior.order : new Int32Array(0);
}
