import { HAND_GATES } from "../scorer/gates.js";
import type { ServingRules } from "../serving/servingRules.js";
import type { SignalInput } from "../signals/signal.js";
import { type ArrangedShop, inputOf } from "./arrangeShop.js";
import type { FittedSignals } from "./fitSignals.js";
import type { Fitter, OpenFitter } from "./fitter.js";
import { type HeldOutQuestion, questionOf } from "./heldOut.js";
import { Probe } from "./probe.js";
import type { HeldOutCase, Slice } from "./slice/slice.js";
import { subsetLog } from "./subsetLog.js";
import { serveTwin } from "./twin.js";

/** A part of the log to learn from, and questions about the rest of it. */
export interface Ground {
  readonly input: SignalInput;
  readonly questions: readonly HeldOutQuestion[];
  readonly fitter: Fitter;
}

/** Most held-out questions that parameters are chosen by. */
const TUNING_QUESTIONS = 1000;

/** @param cases those of the slice that may be learned from */
export function openGround(
  shop: ArrangedShop,
  { isHidden }: Slice,
  cases: readonly HeldOutCase[],
  openFitter: OpenFitter,
): Ground {
  const { attributes, segments, log } = shop.input;
  const input = inputOf(subsetLog(log, isHidden), attributes, segments, shop.productIds);
  return { input, questions: askAll(shop, cases), fitter: openFitter(input) };
}

export function askAll({ input }: ArrangedShop, cases: readonly HeldOutCase[]): HeldOutQuestion[] {
  return cases.map((one) => questionOf(one, input.log, input.segments));
}

/** The ground with a probe that judges single signals on it. */
export function tuningGround(shop: ArrangedShop, { input, questions, fitter }: Ground, rules: ServingRules) {
  const unfitted = { shop, input, fitted: NO_SIGNALS, parameters: new Map(), gates: HAND_GATES };
  return { fitter, input, probe: new Probe(serveTwin(unfitted), questions.slice(0, TUNING_QUESTIONS), rules) };
}

const NO_SIGNALS: FittedSignals = {
  matrices: new Map(),
  histories: new Map(),
  latent: null,
  trend: null,
  categories: [],
  segments: [],
};
