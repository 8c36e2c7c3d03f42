import type { Accumulator } from "../signals/accumulator.js";
import { kthLargest } from "../signals/kthLargest.js";

/** How many of a signal's largest answers say what "large" means for this profile. */
export const SCALE_SIZE = 100;

/**
 * m_s: the mean of the 100 largest positive answers of one signal to one profile, before any filter, missing ones
 * counted as 0. Signals of different units become comparable by it. 0 when the signal has no positive answer.
 *
 * @param values working memory, at least as long as what was touched; overwritten
 */
export function answerScale({ sum, touched, nTouched }: Accumulator, values: Float64Array): number {
  let n = 0;
  for (let t = 0; t < nTouched; t++) {
    const answer = sum[touched[t]];
    if (answer > 0) values[n++] = answer;
  }
  if (n > SCALE_SIZE) kthLargest(values, n, SCALE_SIZE);
  let total = 0;
  for (let i = 0; i < Math.min(n, SCALE_SIZE); i++) total += values[i];
  return total / SCALE_SIZE;
}

/** f̂ = sign(f) · log(1 + |f| / m); 0 where the scale is 0. */
export function scaledAnswer(answer: number, scale: number): number {
  if (scale === 0 || answer === 0) return 0;
  return answer > 0 ? Math.log(1 + answer / scale) : -Math.log(1 - answer / scale);
}
