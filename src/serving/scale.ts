import type { Accumulator } from "../signals/accumulator.js";
import type { TopK } from "../signals/topK.js";

/** How many of a signal's largest answers say what "large" means for this profile. */
export const SCALE_SIZE = 100;

/**
 * m_s: the mean of the 100 largest positive answers of one signal to one profile, before any filter, missing ones
 * counted as 0. Signals of different units become comparable by it. 0 when the signal has no positive answer.
 *
 * @param largest an empty TopK of SCALE_SIZE; left empty
 */
export function answerScale(answers: Accumulator, largest: TopK): number {
  for (let t = 0; t < answers.nTouched; t++) {
    const product = answers.touched[t];
    if (answers.sum[product] > 0) largest.offer(product, answers.sum[product]);
  }
  const scale = largest.sum() / SCALE_SIZE;
  largest.clear();
  return scale;
}

/** f̂ = sign(f) · log(1 + |f| / m); 0 where the scale is 0. */
export function scaledAnswer(answer: number, scale: number): number {
  if (scale === 0) return 0;
  return answer >= 0 ? Math.log1p(answer / scale) : -Math.log1p(-answer / scale);
}
