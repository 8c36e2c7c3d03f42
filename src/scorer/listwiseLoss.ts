/**
 * The listwise loss: how surprising the chosen products are when each list is one draw from the softmax of its scores
 * (ListNet's top-one cross entropy: Cao, Qin, Liu, Tsai, Li: Learning to rank: from pairwise approach to listwise
 * approach, ICML 2007).
 *
 *   loss = −1/nLists · Σ_l Σ_r t_r · ln p_r        p = softmax of the list's scores        ∂loss/∂score_r = (p_r − t_r) / nLists
 *
 * @param target sums to 1 within each list
 * @param gradient length nRows, overwritten with ∂loss/∂score
 * @returns the loss; NaN when a score is not finite
 * Cost: two exponentials' worth a row, no allocation; lists of any length, without padding.
 */
export function listwiseLoss(
  start: Int32Array,
  score: Float32Array,
  target: Float32Array,
  gradient: Float32Array,
): number {
  const nLists = start.length - 1;
  let loss = 0;
  for (let l = 0; l < nLists; l++) {
    let most = -Infinity;
    for (let row = start[l]; row < start[l + 1]; row++) most = Math.max(most, score[row]);
    let sum = 0;
    let expected = 0;
    for (let row = start[l]; row < start[l + 1]; row++) {
      const odds = Math.exp(score[row] - most);
      gradient[row] = odds;
      sum += odds;
      expected += target[row] * (score[row] - most);
    }
    loss += Math.log(sum) - expected;
    for (let row = start[l]; row < start[l + 1]; row++) gradient[row] = (gradient[row] / sum - target[row]) / nLists;
  }
  return loss / nLists;
}
