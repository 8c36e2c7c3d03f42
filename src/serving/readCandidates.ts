import { SIGNAL_NAMES } from "../domain/setting.js";
import { CONTEXT_FEATURES, N_CONTEXT } from "../scorer/contextFeatures.js";
import { N_SIGNALS } from "../scorer/gates.js";
import { answerLatent } from "../signals/latentSpace.js";
import { type Profile, profileVector } from "./profile.js";
import { scaledAnswer, scaleOf } from "./scale.js";
import type { Scratch } from "./scratch.js";
import type { ServedModel } from "./servedModel.js";
import type { ServedSignal } from "./servedSignals.js";

/**
 * f̂ of every candidate, row-major (n × nSignals); the latent signal's come later (see addLatent). Newcomers' answers are
 * taken by their own factor.
 *
 * @param scales m_s per signal
 */
export function readAnswers(
  found: readonly number[],
  scales: Float64Array,
  counted: readonly boolean[],
  newcomerFactor: readonly number[] | null,
  scratch: Scratch,
): Float32Array {
  const { signals } = scratch.served;
  const value = new Float32Array(found.length * N_SIGNALS);
  for (let s = 0; s < N_SIGNALS; s++) {
    const signal = signals[s];
    if (!counted[s] || signal === null || signal.kind === "latent") continue;
    if (signal.kind === "prior") {
      for (let row = 0; row < found.length; row++) {
        if (found[row] < signal.scaled.length) value[row * N_SIGNALS + s] = signal.scaled[found[row]];
      }
    } else if (scales[s] > 0) {
      const { sum } = scratch.answers[s];
      for (let row = 0; row < found.length; row++) {
        value[row * N_SIGNALS + s] = scaledAnswer(sum[found[row]], scales[s]);
      }
    }
  }
  if (newcomerFactor === null) return value;
  for (let row = 0; row < found.length; row++) {
    if (!isNew(found[row], scratch.served)) continue;
    for (let s = 0; s < N_SIGNALS; s++) value[row * N_SIGNALS + s] *= newcomerFactor[s];
  }
  return value;
}

/** Whether nobody has chosen the product yet. */
function isNew(product: number, { context, catalogue }: ServedModel): boolean {
  return product >= catalogue.nModelProducts || context[product * N_CONTEXT + IS_NEW] === 1;
}

/** The latent signal's answers, for the candidates that stay: asked of all it would cost as much as the rest. */
export function addLatent(
  index: readonly number[],
  value: Float32Array,
  counted: readonly boolean[],
  newcomerFactor: readonly number[] | null,
  profile: Profile,
  scratch: Scratch,
): void {
  const { served } = scratch;
  const signal = served.signals[LATENT];
  if (!counted[LATENT] || signal?.kind !== "latent") return;
  readLatent(signal, LATENT, index, profile, scratch, value);
  if (newcomerFactor === null) return;
  for (let row = 0; row < index.length; row++) {
    if (isNew(index[row], served)) value[row * N_SIGNALS + LATENT] *= newcomerFactor[LATENT];
  }
}

const LATENT = SIGNAL_NAMES.indexOf("latent");

/** The latent signal answers on candidates only, so its scale is taken over them. */
function readLatent(
  { space, horizon }: Extract<ServedSignal, { kind: "latent" }>,
  s: number,
  found: readonly number[],
  profile: Profile,
  scratch: Scratch,
  value: Float32Array,
): void {
  const { nModelProducts } = scratch.served.catalogue;
  const known = Int32Array.from(found).filter((product) => product < nModelProducts);
  const answers = new Float64Array(known.length);
  answerLatent(space, profileVector(profile, horizon), known, known.length, answers);
  const scale = scaleOf(answers, answers.length);
  for (let row = 0, k = 0; row < found.length; row++) {
    if (found[row] < nModelProducts) value[row * N_SIGNALS + s] = scaledAnswer(answers[k++], scale);
  }
}

const IS_NEW = CONTEXT_FEATURES.indexOf("isNew");
const N_EVENTS = CONTEXT_FEATURES.indexOf("nEvents");
const N_PRODUCTS = CONTEXT_FEATURES.indexOf("nProducts");
const IS_KNOWN = CONTEXT_FEATURES.indexOf("isKnown");

/** The gates' context of every candidate: what the model says of the product, what the profile says of the list. */
export function describeCandidates(found: readonly number[], profile: Profile, { served }: Scratch): Float32Array {
  const context = new Float32Array(found.length * N_CONTEXT);
  const { nModelProducts } = served.catalogue;
  const own = new Set(profile.product);
  const nEvents = Math.log1p(profile.nEvents);
  const nProducts = Math.log1p(profile.product.length);
  for (let row = 0; row < found.length; row++) {
    const at = row * N_CONTEXT;
    const product = found[row];
    if (product < nModelProducts) {
      for (let from = product * N_CONTEXT, c = 0; c < N_CONTEXT; c++) context[at + c] = served.context[from++];
    } else context[at + IS_NEW] = 1;
    context[at + N_EVENTS] = nEvents;
    context[at + N_PRODUCTS] = nProducts;
    context[at + IS_KNOWN] = own.has(product) ? 1 : 0;
  }
  return context;
}
