/**
 * Products as vectors: f(p, i) = (Σ_j p(j) · source[j]) · target[i]. Row-major, nProducts × rank; a product that the
 * space does not know has zeros.
 */
export interface LatentSpace {
  readonly rank: number;
  readonly source: Float32Array;
  readonly target: Float32Array;
}
