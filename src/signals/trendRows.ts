import type { SparseMatrix } from "./sparseMatrix.js";

/** Trending by group: row r holds what sells to, or within, the group named rows[r]. */
export interface TrendRows {
  readonly rows: readonly string[];
  readonly matrix: SparseMatrix;
}
