import { RecommenderError } from "../domain/errors.js";
import type { SignalInput } from "../signals/signal.js";
import { type SparseMatrix, spreadRows } from "../signals/sparseMatrix.js";
import { type Fitter, rangesOf, type WholeFits } from "./fitter.js";
import { matrixSignal, WHOLE_SIGNALS } from "./signalCatalogue.js";

/** Fits on the calling thread: for small shops, where starting threads costs more than it saves, and for tests. */
export function openLocalFitter(input: SignalInput): Fitter {
  return {
    async fitMatrix(name, parameters, fitted, rows) {
      const fit = matrixSignal(name).prepare(input, parameters, fitted);
      if (fit === null) return null;
      const pieces = rangesOf(input.log.nProducts, rows).map((range) => fit.fitRange(range));
      const matrix = fit.assemble(pieces);
      return checkedMatrix(name, rows === undefined ? matrix : spreadRows(matrix, rows));
    },
    async fitWhole(name, parameters) {
      const fitted = WHOLE_SIGNALS[name].fit(input, parameters);
      requireFinite(name, fitted);
      return fitted as WholeFits[typeof name] | null;
    },
    async close() {},
  };
}

/** @throws RecommenderError NOT_FINITE if a value is not finite; null for a matrix without entries */
export function checkedMatrix(stage: string, matrix: SparseMatrix): SparseMatrix | null {
  requireFinite(stage, matrix);
  return matrix.col.length === 0 ? null : matrix;
}

/** @throws RecommenderError NOT_FINITE if any number anywhere in `fitted` is not finite */
export function requireFinite(stage: string, fitted: unknown): void {
  if (fitted instanceof Float32Array || fitted instanceof Float64Array) {
    if (areFinite(fitted)) return;
    throw new RecommenderError(
      "NOT_FINITE",
      `Cannot train: finite numbers are required, ${stage} gave one that is not`,
      { stage },
    );
  }
  if (fitted === null || typeof fitted !== "object" || ArrayBuffer.isView(fitted) || Array.isArray(fitted)) return;
  for (const part of Object.values(fitted)) requireFinite(stage, part);
}

/** One loop over all that a training fits: a callback for each number would take a third of a second. */
function areFinite(numbers: Float32Array | Float64Array): boolean {
  let nothing = 0;
  for (let n = 0; n < numbers.length; n++) nothing += numbers[n] * 0; // NaN, and stays so, for what is not finite
  return nothing === 0;
}
