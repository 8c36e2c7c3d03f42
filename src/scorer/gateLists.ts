import { N_CONTEXT } from "./contextFeatures.js";
import { N_SIGNALS } from "./gates.js";

/** Lists whose right order is known, flattened: what gates are learned from. */
export interface GateLists {
  /** List l holds rows start[l] … start[l + 1] − 1. */
  readonly start: Int32Array;
  /** f̂, row-major (nRows × nSignals). */
  readonly value: Float32Array;
  /** Row-major (nRows × nContext). */
  readonly context: Float32Array;
  /** Relevance ≥ 0 per row; 0 where the product was not chosen. */
  readonly target: Float32Array;
}

/** Indices of the lists in which something was chosen; the others teach nothing about order. */
export function listsWithTarget({ start, target }: GateLists): Int32Array {
  const found: number[] = [];
  for (let l = 0; l + 1 < start.length; l++) {
    if (target.subarray(start[l], start[l + 1]).some((relevance) => relevance > 0)) found.push(l);
  }
  return Int32Array.from(found);
}

/** Evenly spread lists of together about `maxRows` rows; all of them when they are no more. */
export function withinRows(lists: Int32Array, start: Int32Array, maxRows: number): Int32Array {
  const nRows = lists.reduce((sum, l) => sum + start[l + 1] - start[l], 0);
  const share = Math.min(1, maxRows / nRows);
  return lists.filter((_, i) => Math.floor((i + 1) * share) > Math.floor(i * share));
}

/** Some lists side by side, in the caller's order: one step of training. Arrays are views, overwritten by the next. */
export interface Minibatch {
  readonly start: Int32Array;
  readonly value: Float32Array;
  readonly context: Float32Array;
  /** Sums to 1 within each list. */
  readonly target: Float32Array;
}

/** Gathers minibatches into arrays that are allocated once. */
export class MinibatchReader {
  private readonly start: Int32Array;
  private readonly value: Float32Array;
  private readonly context: Float32Array;
  private readonly target: Float32Array;

  /** @param maxLists most lists that one `read` will ask for */
  constructor(
    private readonly lists: GateLists,
    maxLists: number,
  ) {
    let longest = 0;
    for (let l = 1; l < lists.start.length; l++) longest = Math.max(longest, lists.start[l] - lists.start[l - 1]);
    this.start = new Int32Array(maxLists + 1);
    this.value = new Float32Array(maxLists * longest * N_SIGNALS);
    this.context = new Float32Array(maxLists * longest * N_CONTEXT);
    this.target = new Float32Array(maxLists * longest);
  }

  read(chosen: Int32Array): Minibatch {
    const { start, value, context, target } = this.lists;
    for (let i = 0; i < chosen.length; i++) {
      const from = start[chosen[i]];
      const to = start[chosen[i] + 1];
      const at = this.start[i];
      this.start[i + 1] = at + to - from;
      this.value.set(value.subarray(from * N_SIGNALS, to * N_SIGNALS), at * N_SIGNALS);
      this.context.set(context.subarray(from * N_CONTEXT, to * N_CONTEXT), at * N_CONTEXT);
      let sum = 0;
      for (let row = from; row < to; row++) sum += target[row];
      for (let row = from; row < to; row++) this.target[at + row - from] = target[row] / sum;
    }
    const nRows = this.start[chosen.length];
    return {
      start: this.start.subarray(0, chosen.length + 1),
      value: this.value.subarray(0, nRows * N_SIGNALS),
      context: this.context.subarray(0, nRows * N_CONTEXT),
      target: this.target.subarray(0, nRows),
    };
  }
}
