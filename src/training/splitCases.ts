import { hashId } from "../domain/ids.js";
import type { HeldOutCase } from "./slice/slice.js";

/** What the cases of a slice are used for. */
export interface SplitCases {
  /** Parameters are chosen by these. */
  readonly tuning: readonly HeldOutCase[];
  /** Gates are learned from these; none where there are too few to learn from. */
  readonly gates: readonly HeldOutCase[];
  /** Models are compared by these; nothing was chosen by them, unless there are fewer than FEWEST_TO_PART. */
  readonly judging: readonly HeldOutCase[];
}

/** Most cases to ask for: four fifths of them are as many as gates are learned from. */
export const MAX_CASES = 10_000;
const TUNING_CASES = 1500;
const GATE_CASES = 8000;
const JUDGING_CASES = 1500;
/** Every fifth shopper judges. */
const JUDGING_PART = 5;
/** Fewer cases teach the gates nothing, and a fifth of them would compare by luck: parameters and judges share them. */
const FEWEST_TO_PART = 200;

/**
 * Part the cases so that models are judged by shoppers from whom neither their parameters nor their gates were learned.
 * The shopper's id decides, not the order of the data: who judges once judges in every later training, so the served
 * model has not learned from the judges of its successor either.
 *
 * @param cases in the order of a hash, so that the first are a fair sample
 */
export function splitCases(cases: readonly HeldOutCase[], shopperIds: readonly string[]): SplitCases {
  const judges = cases.filter(({ shopper }) => isJudge(shopperIds[shopper]));
  if (cases.length < FEWEST_TO_PART || judges.length === 0 || judges.length === cases.length) {
    return { tuning: cases.slice(0, TUNING_CASES), gates: [], judging: cases.slice(0, JUDGING_CASES) };
  }
  const others = cases.filter(({ shopper }) => !isJudge(shopperIds[shopper]));
  return {
    tuning: others.slice(0, TUNING_CASES),
    gates: others.slice(0, GATE_CASES),
    judging: judges.slice(0, JUDGING_CASES),
  };
}

/** Whether models are judged by this shopper. */
export function isJudge(shopperId: string): boolean {
  return hashId(`judge\n${shopperId}`) % JUDGING_PART === 0;
}
