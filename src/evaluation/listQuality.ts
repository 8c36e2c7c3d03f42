/**
 * What lists are like, whether or not they hit. U(i) is the set of shoppers who chose product i.
 *
 *   novelty   = mean over lists of the mean of −log₂(|U(i)| / |shoppers|); a product nobody chose counts as chosen once
 *   diversity = mean over lists of the mean over pairs of 1 − |U(i) ∩ U(j)| / √(|U(i)|·|U(j)|)
 *
 * Two products are alike here when the same shoppers choose them, which every shop can tell, with or without attributes.
 * Source: Zhou et al. 2010 (self-information), Ziegler et al. 2005 (intra-list similarity), Kaminskas & Bridge 2016.
 */
import { Accumulator } from "../signals/accumulator.js";
import type { ChoicePairs } from "./choices.js";

export interface ListQuality {
  /** Bits; null where there is no list. */
  readonly novelty: number | null;
  /** 0 … 1; null where no list has two products. */
  readonly diversity: number | null;
}

/**
 * @param lists model indexes of the listed products
 *
 * The similarities of all pairs of one list come from one accumulation: with s(u) = Σ over listed i chosen by u of
 * 1/√|U(i)|, they sum to ½(Σ_u s(u)² − number of listed products that anybody chose).
 * Cost: Σ |U(i)| additions a list.
 */
export function measureQuality(lists: readonly (readonly number[])[], choices: ChoicePairs): ListQuality {
  const byShopper = new Accumulator(choices.nShoppers);
  let [novelty, nLists, diversity, nPaired] = [0, 0, 0, 0];
  for (const list of lists) {
    if (list.length === 0) continue;
    nLists++;
    novelty += noveltyOf(list, choices);
    if (list.length < 2) continue;
    nPaired++;
    diversity += 1 - (2 * pairSimilarity(list, choices, byShopper)) / (list.length * (list.length - 1));
  }
  return { novelty: nLists === 0 ? null : novelty / nLists, diversity: nPaired === 0 ? null : diversity / nPaired };
}

function noveltyOf(list: readonly number[], { shopperStart, nShoppers }: ChoicePairs): number {
  let bits = 0;
  for (const i of list) bits += Math.log2(Math.max(1, nShoppers) / Math.max(1, shopperStart[i + 1] - shopperStart[i]));
  return bits / list.length;
}

function pairSimilarity(list: readonly number[], { shopperStart, shopper }: ChoicePairs, s: Accumulator): number {
  let nChosen = 0;
  for (const i of list) {
    const n = shopperStart[i + 1] - shopperStart[i];
    if (n === 0) continue;
    nChosen++;
    for (let e = shopperStart[i]; e < shopperStart[i + 1]; e++) s.add(shopper[e], 1 / Math.sqrt(n));
  }
  let squares = 0;
  for (let t = 0; t < s.nTouched; t++) squares += s.sum[s.touched[t]] ** 2;
  s.clear();
  return (squares - nChosen) / 2;
}
