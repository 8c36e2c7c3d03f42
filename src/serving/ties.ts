import type { ServedModel } from "./servedModel.js";

/** Which of two products with equal scores stands first: by tie rank; those that came after training behind all others. */
export function compareTies({ tieRank, catalogue }: ServedModel, a: number, b: number): number {
  const nKnown = tieRank.length;
  if (a < nKnown && b < nKnown) return tieRank[a] - tieRank[b];
  return a < nKnown || b < nKnown ? a - b : catalogue.compareHashes(a, b);
}

/**
 * Ranks that settle equal scores in one list: proposed products as `compareTies` says, behind them the fillers in the
 * order they came.
 *
 * @param found catalogue indexes, the first `nProposed` of them proposed by signals
 */
export function orderTies(found: readonly number[], nProposed: number, served: ServedModel): Int32Array {
  const nKnown = served.tieRank.length;
  const late = found.slice(0, nProposed).filter((product) => product >= nKnown);
  const placeOfLate = new Map(late.sort((a, b) => compareTies(served, a, b)).map((product, place) => [product, place]));
  const tieOrder = new Int32Array(found.length);
  for (let row = 0; row < found.length; row++) {
    const product = found[row];
    if (row >= nProposed) tieOrder[row] = nKnown + late.length + row;
    else tieOrder[row] = product < nKnown ? served.tieRank[product] : nKnown + (placeOfLate.get(product) as number);
  }
  return tieOrder;
}
