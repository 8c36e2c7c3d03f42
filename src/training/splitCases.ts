import { hashId } from "../domain/ids.js";
import type { HeldOutCase, Slice } from "./slice/slice.js";

/** What the cases of the slices are used for. */
export interface SplitCases {
  /** Parameters and gates are learned by these. */
  readonly learning: readonly HeldOutCase[];
  /** The same of the newest slice, which says how fast the shop's taste moves. */
  readonly newestLearning: readonly HeldOutCase[];
  /** Models are compared by these; nothing was learned by them, unless there are fewer than FEWEST_TO_PART in all. */
  readonly judging: readonly HeldOutCase[];
}

/** Most cases to ask a slice for: four fifths of them are as many as gates are learned from. */
export const MAX_CASES = 10_000;
const JUDGING_CASES = 1500;
/** Every fifth shopper judges. */
const JUDGING_PART = 5;
/** Fewer cases teach the gates nothing, and a fifth of them would compare by luck: learning and judging share them. */
const FEWEST_TO_PART = 200;

/**
 * Part the cases so that models are judged by shoppers from whose answers neither parameters nor gates were learned. The
 * shopper's id decides, not the order of the data: who judges once judges in every later training, so the served model
 * has not learned from the judges of its successor either.
 *
 * @param cases in the order of a hash, so that the first are a fair sample
 */
export function splitCases({ cases }: Slice, newest: Slice | null, shopperIds: readonly string[]): SplitCases {
  const isJudge = ({ shopper }: HeldOutCase) => hashId(`judge\n${shopperIds[shopper]}`) % JUDGING_PART === 0;
  const judges = cases.filter(isJudge);
  const newestCases = newest?.cases ?? [];
  if (cases.length < FEWEST_TO_PART || judges.length === 0 || judges.length === cases.length) {
    return { learning: cases, newestLearning: newestCases, judging: cases.slice(0, JUDGING_CASES) };
  }
  return {
    learning: cases.filter((one) => !isJudge(one)),
    newestLearning: newestCases.filter((one) => !isJudge(one)),
    judging: judges.slice(0, JUDGING_CASES),
  };
}
