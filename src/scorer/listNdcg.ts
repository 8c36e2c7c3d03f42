/**
 * NDCG@k of one list: Σ relevance / log₂(1 + rank) over the k best, relative to the best possible order.
 *
 * Equal scores rank the less relevant first, so that scores which tell nothing apart earn nothing.
 * Cost: rows × relevant rows.
 *
 * @param target relevance ≥ 0, at least one > 0
 */
export function listNdcg(score: Float32Array, target: Float32Array, k: number): number {
  const relevant: number[] = [];
  for (let row = 0; row < target.length; row++) if (target[row] > 0) relevant.push(row);
  let gain = 0;
  for (const row of relevant) {
    const rank = rankOf(row, score, target);
    if (rank <= k) gain += target[row] / Math.log2(1 + rank);
  }
  const ideal = relevant.map((row) => target[row]).sort((a, b) => b - a);
  const best = ideal.slice(0, k).reduce((sum, relevance, i) => sum + relevance / Math.log2(2 + i), 0);
  return gain / best;
}

function rankOf(row: number, score: Float32Array, target: Float32Array): number {
  let rank = 1;
  for (let other = 0; other < score.length; other++) {
    if (score[other] > score[row]) rank++;
    else if (
      score[other] === score[row] &&
      (target[other] < target[row] || (target[other] === target[row] && other < row))
    )
      rank++;
  }
  return rank;
}
