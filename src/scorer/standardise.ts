import type { GateLists } from "./gateLists.js";
import { N_INPUTS, type Standardisation, writeInputs } from "./gateNetwork.js";

const AS_THEY_ARE: Standardisation = { mean: new Array(N_INPUTS).fill(0), deviation: new Array(N_INPUTS).fill(1) };
/** An input that hardly varies is not blown up: the few rows where it differs would drown all others. */
const LEAST_DEVIATION = 0.2;
const CONSTANT_BELOW = 1e-6;

export interface InputStatistics extends Standardisation {
  /** Per input: has it one value in all the lists? */
  readonly isConstant: readonly boolean[];
}

/** Mean and deviation of every input over the rows of some lists, as float32 numbers. Cost: one pass. */
export function standardise({ start, value, context }: GateLists, chosen: Int32Array): InputStatistics {
  const sum = new Float64Array(N_INPUTS);
  const squares = new Float64Array(N_INPUTS);
  const inputs = new Float64Array(N_INPUTS);
  let nRows = 0;
  for (const l of chosen) {
    for (let row = start[l]; row < start[l + 1]; row++, nRows++) {
      writeInputs(AS_THEY_ARE, value, context, row, row + 1, inputs);
      for (let i = 0; i < N_INPUTS; i++) {
        sum[i] += inputs[i];
        squares[i] += inputs[i] * inputs[i];
      }
    }
  }
  const mean = Array.from(sum, (total) => total / nRows);
  const deviation = mean.map((m, i) => Math.sqrt(Math.max(0, squares[i] / nRows - m * m)));
  return {
    mean: mean.map(Math.fround),
    deviation: deviation.map((d) => Math.fround(Math.max(LEAST_DEVIATION, d))),
    isConstant: deviation.map((d) => d < CONSTANT_BELOW),
  };
}
