/**
 * A dense symmetric positive-definite system A·x = b, solved in place by Cholesky's factorisation A = L·Lᵀ. One object
 * serves any number of systems up to its capacity: scratch is allocated once.
 *
 * Four rows are reduced against two at a time, so that a number loaded is used twice or four times.
 * Source: Golub & Van Loan, Matrix Computations, §4.2.
 */
export class PositiveDefiniteSystem {
  /** Distance between rows of `matrix`: even, because rows are taken in pairs. */
  readonly stride: number;
  /** A, row-major; only the lower triangle (column ≤ row) is read. */
  readonly matrix: Float64Array;
  /** b, and x once solved. */
  readonly rhs: Float64Array;
  private readonly inverseDiagonal: Float64Array;

  constructor(capacity: number) {
    this.stride = capacity + (capacity & 1);
    this.matrix = new Float64Array(this.stride * this.stride);
    this.rhs = new Float64Array(this.stride);
    this.inverseDiagonal = new Float64Array(this.stride);
  }

  /** Set the first n rows of A, and b, to zero. */
  clear(n: number): void {
    this.matrix.fill(0, 0, n * this.stride);
    this.rhs.fill(0, 0, n);
  }

  /**
   * Solve the first n equations: `rhs` is overwritten with x, `matrix` with L. A matrix that is not positive definite
   * gives an x that is not finite. Cost: n³/6 + n² multiply–adds, no allocation.
   */
  solve(n: number): void {
    const nEven = n + (n & 1);
    if (nEven > n) this.appendUnitRow(n);
    let row = 0;
    for (; row + 3 < nEven; row += 4) {
      for (let col = 0; col < row; col += 2) this.reduceTall(row, col);
      this.factorDiagonal(row);
      this.reduceBlock(row + 2, row);
      this.factorDiagonal(row + 2);
    }
    if (row < nEven) {
      for (let col = 0; col < row; col += 2) this.reduceBlock(row, col);
      this.factorDiagonal(row);
    }
    this.substitute(nEven);
  }

  /** The equation x[n] = 0, which changes no other. */
  private appendUnitRow(n: number): void {
    this.matrix.fill(0, n * this.stride, n * this.stride + n);
    this.matrix[n * this.stride + n] = 1;
    this.rhs[n] = 0;
  }

  /** Four rows against two. */
  private reduceTall(row: number, col: number): void {
    const { matrix: a, inverseDiagonal, stride } = this;
    const r0 = row * stride;
    const r1 = r0 + stride;
    const r2 = r1 + stride;
    const r3 = r2 + stride;
    const c0 = col * stride;
    const c1 = c0 + stride;
    let s00 = a[r0 + col];
    let s01 = a[r0 + col + 1];
    let s10 = a[r1 + col];
    let s11 = a[r1 + col + 1];
    let s20 = a[r2 + col];
    let s21 = a[r2 + col + 1];
    let s30 = a[r3 + col];
    let s31 = a[r3 + col + 1];
    for (let p = 0; p < col; p++) {
      const y0 = a[c0 + p];
      const y1 = a[c1 + p];
      const x0 = a[r0 + p];
      const x1 = a[r1 + p];
      const x2 = a[r2 + p];
      const x3 = a[r3 + p];
      s00 -= x0 * y0;
      s01 -= x0 * y1;
      s10 -= x1 * y0;
      s11 -= x1 * y1;
      s20 -= x2 * y0;
      s21 -= x2 * y1;
      s30 -= x3 * y0;
      s31 -= x3 * y1;
    }
    const inverse0 = inverseDiagonal[col];
    const inverse1 = inverseDiagonal[col + 1];
    const below = a[c1 + col];
    s00 *= inverse0;
    s10 *= inverse0;
    s20 *= inverse0;
    s30 *= inverse0;
    a[r0 + col] = s00;
    a[r1 + col] = s10;
    a[r2 + col] = s20;
    a[r3 + col] = s30;
    a[r0 + col + 1] = (s01 - s00 * below) * inverse1;
    a[r1 + col + 1] = (s11 - s10 * below) * inverse1;
    a[r2 + col + 1] = (s21 - s20 * below) * inverse1;
    a[r3 + col + 1] = (s31 - s30 * below) * inverse1;
  }

  private reduceBlock(row: number, col: number): void {
    const { matrix: a, inverseDiagonal, stride } = this;
    const r0 = row * stride;
    const r1 = r0 + stride;
    const c0 = col * stride;
    const c1 = c0 + stride;
    let s00 = a[r0 + col];
    let s01 = a[r0 + col + 1];
    let s10 = a[r1 + col];
    let s11 = a[r1 + col + 1];
    for (let p = 0; p < col; p++) {
      const x0 = a[r0 + p];
      const x1 = a[r1 + p];
      const y0 = a[c0 + p];
      const y1 = a[c1 + p];
      s00 -= x0 * y0;
      s01 -= x0 * y1;
      s10 -= x1 * y0;
      s11 -= x1 * y1;
    }
    s00 *= inverseDiagonal[col];
    s10 *= inverseDiagonal[col];
    const below = a[c1 + col];
    a[r0 + col] = s00;
    a[r1 + col] = s10;
    a[r0 + col + 1] = (s01 - s00 * below) * inverseDiagonal[col + 1];
    a[r1 + col + 1] = (s11 - s10 * below) * inverseDiagonal[col + 1];
  }

  private factorDiagonal(row: number): void {
    const { matrix: a, inverseDiagonal, stride } = this;
    const r0 = row * stride;
    const r1 = r0 + stride;
    let s00 = a[r0 + row];
    let s10 = a[r1 + row];
    let s11 = a[r1 + row + 1];
    for (let p = 0; p < row; p++) {
      const x0 = a[r0 + p];
      const x1 = a[r1 + p];
      s00 -= x0 * x0;
      s10 -= x0 * x1;
      s11 -= x1 * x1;
    }
    a[r0 + row] = Math.sqrt(s00);
    inverseDiagonal[row] = 1 / a[r0 + row];
    s10 *= inverseDiagonal[row];
    a[r1 + row] = s10;
    a[r1 + row + 1] = Math.sqrt(s11 - s10 * s10);
    inverseDiagonal[row + 1] = 1 / a[r1 + row + 1];
  }

  /** L·y = b from above, then Lᵀ·x = y from below; both walk along rows. */
  private substitute(n: number): void {
    const { matrix: a, rhs: b, inverseDiagonal, stride } = this;
    for (let row = 0; row < n; row++) {
      let sum = b[row];
      for (let p = 0; p < row; p++) sum -= a[row * stride + p] * b[p];
      b[row] = sum * inverseDiagonal[row];
    }
    for (let row = n - 1; row >= 0; row--) {
      const x = b[row] * inverseDiagonal[row];
      b[row] = x;
      for (let p = 0; p < row; p++) b[p] -= a[row * stride + p] * x;
    }
  }
}
