import { N_CONTEXT } from "../scorer/contextFeatures.js";
import type { GateLists } from "../scorer/fitGates.js";
import { N_SIGNALS } from "../scorer/gates.js";
import { gatherCandidates } from "../serving/candidates.js";
import { shopperProfile } from "../serving/profile.js";
import { Scratch } from "../serving/scratch.js";
import type { ServedModel } from "../serving/servedModel.js";
import type { ServingRules } from "../serving/servingRules.js";
import type { HeldOutQuestion } from "./heldOut.js";

/**
 * The held-out questions as serving would prepare them for the scorer: candidates, signal answers, context, and which
 * candidates were chosen.
 */
export function gatherGateLists(
  questions: readonly HeldOutQuestion[],
  served: ServedModel,
  rules: ServingRules,
  onProgress: (share: number) => void,
): GateLists & { readonly product: Int32Array } {
  const scratch = new Scratch(served);
  const isCounted = served.signals.map((signal) => signal !== null);
  const start = new Int32Array(questions.length + 1);
  const values: Float32Array[] = [];
  const contexts: Float32Array[] = [];
  const products: number[] = [];
  const targets: number[] = [];
  for (let q = 0; q < questions.length; q++) {
    if (q % 256 === 0) onProgress(q / questions.length);
    const { history, request, targets: wanted } = questions[q];
    const { weightOf, halfLifeDays } = rules;
    const options = { weightOf, halfLifeDays, horizons: served.horizons };
    const profile = shopperProfile(history, null, served.catalogue, options);
    const candidates = gatherCandidates(request, history, profile, isCounted, rules, scratch);
    start[q + 1] = start[q] + candidates.index.length;
    values.push(candidates.value);
    contexts.push(candidates.context);
    for (const product of candidates.index) {
      products.push(product);
      targets.push(wanted.includes(product) ? 1 : 0);
    }
  }
  return {
    start,
    value: join(values, N_SIGNALS * products.length),
    context: join(contexts, N_CONTEXT * products.length),
    target: Float32Array.from(targets),
    product: Int32Array.from(products),
  };
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
