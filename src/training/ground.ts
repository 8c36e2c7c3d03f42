import type { SignalInput } from "../signals/signal.js";
import { type ArrangedShop, inputOf } from "./arrangeShop.js";
import { type Fitter, remembering } from "./fitter.js";
import { type HeldOutQuestion, questionOf } from "./heldOut.js";
import { openLocalFitter } from "./localFitter.js";
import type { HeldOutCase, Slice } from "./slice/slice.js";
import { isJudge, splitCases } from "./splitCases.js";
import { subsetLog } from "./subsetLog.js";
import type { TrainOptions } from "./trainOptions.js";

/** A part of the log to learn from, and questions about the rest of it. */
export interface Ground {
  readonly input: SignalInput;
  readonly fitter: Fitter;
  readonly questions: Readonly<Record<"tuning" | "gates" | "judging" | "returned", readonly HeldOutQuestion[]>>;
}

const MAX_RETURNED = 2000;

/** @returns a ground whose fitter the caller closes */
export function openGround(shop: ArrangedShop, slice: Slice, { openFitter = openLocalFitter }: TrainOptions): Ground {
  const { attributes, segments, log } = shop.input;
  const input = inputOf(subsetLog(log, slice.isHidden), attributes, segments, shop.productIds);
  const cases = splitCases(slice.cases, shop.shopperIds);
  const ask = (chosen: readonly HeldOutCase[]) => chosen.map((one) => questionOf(one, log, segments));
  const returned = slice.cases.filter(
    ({ shopper, visible }) => visible.length > 0 && !isJudge(shop.shopperIds[shopper]),
  );
  const questions = {
    tuning: ask(cases.tuning),
    gates: ask(cases.gates.filter(({ visible }) => visible.length > 0)),
    judging: ask(cases.judging),
    returned: ask(returned.slice(0, MAX_RETURNED)),
  };
  return { input, fitter: remembering(openFitter(input)), questions };
}

/**
 * A signal's parameters are chosen by as many questions as fit into so much work, counted in products that the asking
 * shoppers know: many short histories or fewer long ones, but enough to tell values apart.
 */
const TUNING_WORK = 20_000;
const FEWEST_TUNING_QUESTIONS = 400;

/** @param effort so many times the usual work */
export function withinTuningWork(questions: readonly HeldOutQuestion[], effort: number): readonly HeldOutQuestion[] {
  let work = 0;
  const nWithin = questions.findIndex(({ history }) => {
    work += new Set(history.productNo).size;
    return work > effort * TUNING_WORK;
  });
  return nWithin < 0 ? questions : questions.slice(0, Math.max(nWithin, effort * FEWEST_TUNING_QUESTIONS));
}
