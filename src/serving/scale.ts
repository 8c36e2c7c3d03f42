/** How many of a signal's largest answers say what "large" means for this profile. */
export const SCALE_SIZE = 100;

/** f̂ = sign(f) · log(1 + |f| / m); 0 where the scale is 0. */
export function scaledAnswer(answer: number, scale: number): number {
  if (scale === 0 || answer === 0) return 0;
  return answer > 0 ? Math.log(1 + answer / scale) : -Math.log(1 - answer / scale);
}
