/**
 * Independent standard normal numbers, the same for the same seed on every machine.
 * Source: mulberry32 for the uniform numbers; Box & Muller, Annals of Mathematical Statistics 29(2), 1958.
 */
export function fillGaussian(values: Float32Array, seed: number): void {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let n = 0; n < values.length; n++) {
    values[n] = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }
}
