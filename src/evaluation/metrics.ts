/**
 * How good ranked lists are, against what the shoppers then chose. Binary gain; a list that is missing scores 0; means
 * are over the cases that want something. A product that stands twice in a list hits once.
 *
 *   Recall@k = hits / |wanted|        HR@k = 1 when anything hits       MRR@k = 1 / rank of the first hit
 *   NDCG@k   = Σ over hits 1/log₂(rank + 1)  /  the same sum over the first min(k, |wanted|) ranks
 *   coverage@k = distinct products within the first k of any list / size of the universe
 *
 * Source: Järvelin & Kekäläinen 2002 for NDCG; protocol without sampled negatives (Krichene & Rendle 2020).
 */
import type { TestCase } from "./testSet.js";

export interface RankMetrics {
  /** Cases that want at least one product. */
  readonly users: number;
  /** What they want, summed. */
  readonly pairs: number;
  /** Share of the pairs whose product is in the universe at all. */
  readonly reachable: number;
  readonly withList: number;
  /** "Recall@10" … by name, in the order to print. */
  readonly byName: Readonly<Record<string, number>>;
}

/** A list shorter than ten is no second cutoff. */
const SHORT_CUTOFF = 10;

export function cutoffsOf(k: number): readonly number[] {
  return k > SHORT_CUTOFF ? [SHORT_CUTOFF, k] : [k];
}

/**
 * Score lists, one per case and in their order.
 *
 * @param universe all products there are, for coverage and reach
 * @param k the longest cutoff; ten is one more where it is shorter
 * Cost: one look-up per listed product.
 */
export function scoreLists(
  cases: readonly TestCase[],
  lists: readonly (readonly string[])[],
  universe: ReadonlySet<string>,
  k: number,
): RankMetrics {
  const cutoffs = cutoffsOf(k);
  const discount = Float64Array.from({ length: k }, (_, rank) => 1 / Math.log2(rank + 2));
  const ideal = new Float64Array(k + 1);
  for (let n = 0; n < k; n++) ideal[n + 1] = ideal[n] + discount[n];
  const sum = { recall: cutoffs.map(() => 0), ndcg: cutoffs.map(() => 0), hit: cutoffs.map(() => 0), reciprocal: 0 };
  const covered = new Set<string>();
  let [users, pairs, nReachable, nListed] = [0, 0, 0, 0];
  for (const [c, { wanted }] of cases.entries()) {
    if (wanted.size === 0) continue;
    users++;
    pairs += wanted.size;
    for (const productId of wanted) if (universe.has(productId)) nReachable++;
    const list = lists[c].slice(0, k);
    if (list.length === 0) continue;
    nListed++;
    for (const productId of list) if (universe.has(productId)) covered.add(productId);
    const hits = hitRanks(list, wanted);
    if (hits.length > 0) sum.reciprocal += 1 / (hits[0] + 1);
    cutoffs.forEach((cutoff, position) => {
      const within = hits.filter((rank) => rank < cutoff);
      const gain = within.reduce((total, rank) => total + discount[rank], 0);
      sum.recall[position] += within.length / wanted.size;
      sum.ndcg[position] += gain / ideal[Math.min(cutoff, wanted.size)];
      sum.hit[position] += within.length > 0 ? 1 : 0;
    });
  }
  const n = Math.max(1, users);
  const named = (name: string, sums: readonly number[]) => sums.map((of, i) => [`${name}@${cutoffs[i]}`, of / n]);
  return {
    users,
    pairs,
    reachable: nReachable / Math.max(1, pairs),
    withList: nListed / n,
    byName: Object.fromEntries([
      ...named("Recall", sum.recall),
      ...named("NDCG", sum.ndcg),
      ...named("HR", sum.hit),
      [`MRR@${k}`, sum.reciprocal / n],
      [`coverage@${k}`, covered.size / Math.max(1, universe.size)],
    ]),
  };
}

/** Ranks, from 0, at which a wanted product stands for the first time. */
function hitRanks(list: readonly string[], wanted: ReadonlySet<string>): number[] {
  const ranks: number[] = [];
  for (const [rank, productId] of list.entries()) {
    if (wanted.has(productId) && list.indexOf(productId) === rank) ranks.push(rank);
  }
  return ranks;
}
