import type { SignalName } from "../../src/domain/setting.js";
import type { OpenFitter } from "../../src/training/fitter.js";
import { openLocalFitter } from "../../src/training/localFitter.js";
import { MATRIX_SIGNALS } from "../../src/training/signalCatalogue.js";

/** Enough to hurt: one alone, a training that learns gates simply stops listening to. */
export const EVERY_MATRIX: readonly SignalName[] = MATRIX_SIGNALS.map(({ name }) => name);

/** Fits as always, but the rows of these signals name the wrong products. */
export function openSabotagedFitter(broken: readonly SignalName[]): OpenFitter {
  return (input) => {
    const fitter = openLocalFitter(input);
    return {
      ...fitter,
      async fitMatrix(name, parameters, fitted, rows) {
        const matrix = await fitter.fitMatrix(name, parameters, fitted, rows);
        if (matrix === null || !broken.includes(name)) return matrix;
        const shift = Math.floor(matrix.nCols / 2);
        return { ...matrix, col: matrix.col.map((col) => (col + shift) % matrix.nCols) };
      },
    };
  };
}
