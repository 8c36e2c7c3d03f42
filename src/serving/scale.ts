import { kthLargest, sumOfLargest } from "../signals/kthLargest.js";

/** How many of a signal's largest answers say what "large" means for this profile. */
export const SCALE_SIZE = 100;

/**
 * m_s: the mean of a signal's SCALE_SIZE largest answers, missing ones and those below 0 counted as 0.
 *
 * @param least the last of these, or 0, where the caller knows it
 */
export function scaleOf(answers: Float64Array, n: number, least = leastOf(answers, n)): number {
  return sumOfLargest(answers, n, SCALE_SIZE, least) / SCALE_SIZE;
}

function leastOf(answers: Float64Array, n: number): number {
  return n > SCALE_SIZE ? Math.max(0, kthLargest(answers, n, SCALE_SIZE)) : 0;
}

/** f̂ = sign(f) · log(1 + |f| / m); 0 where the scale is 0. */
export function scaledAnswer(answer: number, scale: number): number {
  if (scale === 0 || answer === 0) return 0;
  return answer > 0 ? Math.log(1 + answer / scale) : -Math.log(1 - answer / scale);
}
