import { N_CONTEXT } from "./contextFeatures.js";
import type { GateLists } from "./gateLists.js";
import { N_INPUTS, type Standardisation } from "./gateNetwork.js";
import { N_SIGNALS } from "./gates.js";

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
  let nRows = 0;
  for (const l of chosen) {
    for (let row = start[l]; row < start[l + 1]; row++, nRows++) {
      for (let s = 0; s < N_SIGNALS; s++) {
        const answer = value[row * N_SIGNALS + s];
        sum[s] += answer;
        squares[s] += answer * answer;
        if (answer > 0) sum[N_SIGNALS + s]++;
      }
      for (let c = 0; c < N_CONTEXT; c++) {
        const feature = context[row * N_CONTEXT + c];
        sum[2 * N_SIGNALS + c] += feature;
        squares[2 * N_SIGNALS + c] += feature * feature;
      }
    }
  }
  squares.set(sum.subarray(N_SIGNALS, 2 * N_SIGNALS), N_SIGNALS); // a flag is its own square
  const mean = Array.from(sum, (total) => total / nRows);
  const deviation = mean.map((m, i) => Math.sqrt(Math.max(0, squares[i] / nRows - m * m)));
  return {
    mean: mean.map(Math.fround),
    deviation: deviation.map((d) => Math.fround(Math.max(LEAST_DEVIATION, d))),
    isConstant: deviation.map((d) => d < CONSTANT_BELOW),
  };
}
