/** A column that keeps less than this share of its squared length is a combination of the columns before it. */
const DEPENDENT = 1e-9;
/** Rows taken together: their sums do not wait for each other. */
const TILE = 4;

/**
 * Make the columns of Y orthonormal, keeping the space they span (Cholesky QR: Y = Q·Lᵀ with L·Lᵀ = YᵀY). A column that
 * depends on those before it becomes zero.
 *
 * @param y row-major n × width; overwritten with Q
 * Cost: n·width² multiply–adds. Source: Golub & Van Loan, Matrix Computations, §5.2; Yamamoto et al. 2015 (Cholesky QR).
 */
export function orthonormalise(y: Float32Array, width: number): void {
  const { lower, inverseDiagonal } = factor(innerProducts(y, y, width), width);
  const nRows = y.length / width;
  const tile = new Float64Array(TILE * width);
  for (let first = 0; first < nRows; first += TILE) {
    const values = y.subarray(first * width, Math.min(nRows, first + TILE) * width);
    tile.fill(0);
    tile.set(values);
    solveTile(tile, lower, inverseDiagonal, width);
    values.set(tile.subarray(0, values.length));
  }
}

/** The lower triangle of XᵀY, row-major width × width, for X and Y of n × width. Cost: n·width²/2 multiply–adds. */
export function innerProducts(x: Float32Array, y: Float32Array, width: number): Float64Array {
  const products = new Float64Array(width * width);
  const nRows = x.length / width;
  const xs = new Float64Array(TILE * width);
  const ys = new Float64Array(TILE * width);
  for (let first = 0; first < nRows; first += TILE) {
    const last = Math.min(nRows, first + TILE) * width;
    xs.fill(0);
    ys.fill(0);
    xs.set(x.subarray(first * width, last));
    ys.set(y.subarray(first * width, last));
    addTile(products, xs, ys, width);
  }
  return products;
}

function addTile(products: Float64Array, xs: Float64Array, ys: Float64Array, width: number): void {
  for (let a = 0; a < width; a++) {
    const row = a * width;
    const x0 = xs[a];
    const x1 = xs[width + a];
    const x2 = xs[2 * width + a];
    const x3 = xs[3 * width + a];
    for (let b = 0; b <= a; b++) {
      products[row + b] += x0 * ys[b] + x1 * ys[width + b] + x2 * ys[2 * width + b] + x3 * ys[3 * width + b];
    }
  }
}

/** Cholesky's factor in place; the inverse diagonal of a dependent column is 0, which makes that column of Q zero. */
function factor(gram: Float64Array, width: number): { lower: Float64Array; inverseDiagonal: Float64Array } {
  const inverseDiagonal = new Float64Array(width);
  for (let a = 0; a < width; a++) {
    const rowA = a * width;
    for (let b = 0; b < a; b++) {
      let sum = gram[rowA + b];
      for (let p = 0; p < b; p++) sum -= gram[rowA + p] * gram[b * width + p];
      gram[rowA + b] = sum * inverseDiagonal[b];
    }
    const whole = gram[rowA + a];
    let rest = whole;
    for (let p = 0; p < a; p++) rest -= gram[rowA + p] * gram[rowA + p];
    inverseDiagonal[a] = rest > whole * DEPENDENT ? 1 / Math.sqrt(rest) : 0;
  }
  return { lower: gram, inverseDiagonal };
}

/** Q·Lᵀ = Y for the rows of one tile, in place. */
function solveTile(tile: Float64Array, lower: Float64Array, inverseDiagonal: Float64Array, width: number): void {
  for (let a = 0; a < width; a++) {
    const row = a * width;
    let s0 = tile[a];
    let s1 = tile[width + a];
    let s2 = tile[2 * width + a];
    let s3 = tile[3 * width + a];
    for (let p = 0; p < a; p++) {
      const l = lower[row + p];
      s0 -= l * tile[p];
      s1 -= l * tile[width + p];
      s2 -= l * tile[2 * width + p];
      s3 -= l * tile[3 * width + p];
    }
    tile[a] = s0 * inverseDiagonal[a];
    tile[width + a] = s1 * inverseDiagonal[a];
    tile[2 * width + a] = s2 * inverseDiagonal[a];
    tile[3 * width + a] = s3 * inverseDiagonal[a];
  }
}
