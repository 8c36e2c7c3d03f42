import { N_CONTEXT } from "../scorer/contextFeatures.js";
import { N_SIGNALS } from "../scorer/gates.js";
import { gatherCandidates } from "../serving/candidates.js";
import { shopperProfile } from "../serving/profile.js";
import { Scratch } from "../serving/scratch.js";
import type { ServedModel } from "../serving/servedModel.js";
import type { ServingRules } from "../serving/servingRules.js";
import type { HeldOutQuestion } from "./heldOut.js";

/** What serving would hand to the scorer for held-out questions, and which candidates were chosen. */
export interface GatheredLists {
  /** List l holds rows start[l] … start[l + 1] − 1, in the order that settles equal scores. */
  readonly start: Int32Array;
  /** Product per row, as the served model numbers them. */
  readonly product: Int32Array;
  /** f̂, row-major (nRows × nSignals). */
  readonly value: Float32Array;
  /** Row-major (nRows × nContext). */
  readonly context: Float32Array;
  /** 1 per row whose product was chosen. */
  readonly target: Float32Array;
}

export interface GatherOptions {
  readonly rules: ServingRules;
  /** Per signal: may it propose and answer? */
  readonly isCounted: readonly boolean[];
  readonly onProgress?: (share: number) => void;
}

/**
 * The held-out questions as serving would prepare them for the scorer: candidates, signal answers, context, and which
 * candidates were chosen. Cost: that of serving as many lists.
 */
export function gatherGateLists(
  questions: readonly HeldOutQuestion[],
  served: ServedModel,
  { rules, isCounted, onProgress }: GatherOptions,
): GatheredLists {
  const scratch = new Scratch(served);
  const { weightOf, halfLifeDays } = rules;
  const options = { weightOf, halfLifeDays, horizons: served.horizons, weightPower: served.weightPower };
  const start = new Int32Array(questions.length + 1);
  const values: Float32Array[] = [];
  const contexts: Float32Array[] = [];
  const products: number[] = [];
  const targets: number[] = [];
  for (let q = 0; q < questions.length; q++) {
    if (q % 256 === 0) onProgress?.(q / questions.length);
    const { history, request, targets: wanted } = questions[q];
    const profile = shopperProfile(history, null, served.catalogue, options);
    const { index, value, context, tieOrder } = gatherCandidates(request, history, profile, isCounted, rules, scratch);
    const rows = Int32Array.from(index.keys()).sort((a, b) => tieOrder[a] - tieOrder[b]);
    start[q + 1] = start[q] + rows.length;
    values.push(inOrder(value, rows, N_SIGNALS));
    contexts.push(inOrder(context, rows, N_CONTEXT));
    for (const row of rows) {
      products.push(index[row]);
      targets.push(wanted.includes(index[row]) ? 1 : 0);
    }
  }
  return {
    start,
    product: Int32Array.from(products),
    value: join(values, N_SIGNALS * products.length),
    context: join(contexts, N_CONTEXT * products.length),
    target: Float32Array.from(targets),
  };
}

/** @param width numbers per row */
function inOrder(numbers: Float32Array, rows: Int32Array, width: number): Float32Array {
  const ordered = new Float32Array(numbers.length);
  for (let r = 0; r < rows.length; r++) {
    ordered.set(numbers.subarray(rows[r] * width, (rows[r] + 1) * width), r * width);
  }
  return ordered;
}

function join(parts: readonly Float32Array[], length: number): Float32Array {
  const whole = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
