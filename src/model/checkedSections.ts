import { damaged } from "./envelope.js";

/** Rows over columns, as matrices, histories and lists are laid out. */
export interface Rows {
  readonly rowStart: Int32Array;
  readonly col: Int32Array;
  readonly nRows: number;
  readonly nCols: number;
}

/** @throws RecommenderError MODEL_DAMAGED unless the rows follow each other and every column exists */
export function checkRows(name: string, { rowStart, col, nRows, nCols }: Rows): void {
  if (rowStart.length !== nRows + 1 || rowStart[0] !== 0 || rowStart[nRows] !== col.length) {
    throw damaged(`${name} requires ${nRows} rows`, { rows: rowStart.length - 1 });
  }
  for (let r = 0; r < nRows; r++) {
    if (rowStart[r] > rowStart[r + 1]) throw damaged(`the rows of ${name} run backwards`, { row: r });
  }
  for (const c of col) {
    if (c < 0 || c >= nCols) throw damaged(`${name} names column ${c} of ${nCols}`, { column: c });
  }
}

/** @throws RecommenderError MODEL_DAMAGED unless the section holds whole numbers */
export function wholeNumbers(section: unknown, name: string): Int32Array {
  if (!(section instanceof Int32Array)) throw damaged(`whole numbers are required in the section ${name}`, {});
  return section;
}

/** @throws RecommenderError MODEL_DAMAGED unless the section holds `length` finite numbers */
export function floats(section: unknown, length: number, name: string): Float32Array {
  if (!(section instanceof Float32Array) || section.length !== length) {
    throw damaged(`the section ${name} requires ${length} numbers`, {});
  }
  if (!section.every(Number.isFinite)) throw damaged(`the section ${name} holds a number that is not finite`, {});
  return section;
}
