import type { HeldOutQuality } from "../domain/modelComparison.js";

/** NDCG with binary gain; the ideal list holds as many right answers as fit. `list` is at most 20 long, best first. */
export function ndcg(list: readonly { readonly product: number }[], targets: Int32Array): number {
  let gain = 0;
  for (let rank = 0; rank < list.length; rank++) if (targets.includes(list[rank].product)) gain += discount(rank);
  let ideal = 0;
  for (let rank = 0; rank < Math.min(20, targets.length); rank++) ideal += discount(rank);
  return ideal === 0 ? 0 : gain / ideal;
}

/**
 * NDCG@k and Recall@k from the ranks of the right answers alone, binary gain.
 *
 * @param ranks of those within the first k, from 0
 * @param nTargets right answers there are, listed or not; at least one
 */
export function rankQuality(ranks: readonly number[], nTargets: number, k: number): HeldOutQuality {
  const gain = ranks.reduce((sum, rank) => sum + discount(rank), 0);
  let ideal = 0;
  for (let rank = 0; rank < Math.min(k, nTargets); rank++) ideal += discount(rank);
  return { ndcg: gain / ideal, recall: ranks.length / nTargets };
}

function discount(rank: number): number {
  return 1 / Math.log2(rank + 2);
}
