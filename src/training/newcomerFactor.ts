import type { SignalName } from "../domain/setting.js";
import { fitConstantGates } from "../scorer/fitConstantGates.js";
import { FIT_GATES_DEFAULTS } from "../scorer/fitGates.js";
import { type GateLists, listsWithTarget } from "../scorer/gateLists.js";
import type { HeldOutQuestion } from "./heldOut.js";
import type { Twin } from "./twin.js";

/**
 * Questions whose answer is a product that plays the newcomer, asked once more of the newcomers alone: among products
 * that shoppers know a newcomer is so rarely right that lists of both say little of which newcomer is whose.
 */
export function askOfNewcomers(questions: readonly HeldOutQuestion[], isNewcomer: Uint8Array): HeldOutQuestion[] {
  return questions.flatMap((question) => {
    const targets = question.targets.filter((product) => isNewcomer[product] === 1);
    return targets.length === 0 ? [] : [{ ...question, targets }];
  });
}

/** Signals that answer for a product nobody has chosen; to ask the others would cost and say nothing. */
export const KNOWS_NEWCOMERS: ReadonlySet<SignalName> = new Set<SignalName>(["content", "inherited", "latent"]);

/** The twin in a shop that has nothing else to offer. */
export function onlyNewcomers(twin: Twin, isNewcomer: Uint8Array): Twin {
  const stored = twin.shop.stored.map((product, p) =>
    isNewcomer[p] === 1 ? product : { ...product, isAvailable: false },
  );
  return { ...twin, shop: { ...twin.shop, stored } };
}

/** With fewer lists the factors would be luck. */
const FEWEST_LISTS = 100;
/** Number of lists from which these few numbers are told by the data rather than by where they begin. */
const FULL_DATA_LISTS = 200;

/**
 * What the answers of each signal are worth for newcomers: gates learned from lists of newcomers, as shares of those the
 * shop begins with. They say which newcomer is whose and leave alone how high newcomers stand among products that
 * shoppers know: the best of each list scores on average what it did.
 *
 * @param lists of newcomers alone
 * @param begin gates, one per signal
 * @returns a factor per signal; null where there is too little to learn from
 * Cost: that of constant gates on these lists.
 */
export function newcomerFactor(lists: GateLists, begin: readonly number[]): readonly number[] | null {
  const chosen = listsWithTarget(lists);
  if (chosen.length < FEWEST_LISTS) return null;
  const { epochs, seed } = FIT_GATES_DEFAULTS;
  const options = { prior: begin, nEpochs: epochs, seed, fullDataLists: FULL_DATA_LISTS };
  const learned = fitConstantGates(lists, chosen, options);
  const level = sumOfBest(lists, chosen, begin) / sumOfBest(lists, chosen, learned);
  if (!Number.isFinite(level)) return null;
  return begin.map((gate, s) => (gate === 0 ? 1 : Math.fround((level * learned[s]) / gate)));
}

/** Σ over lists of the best score. */
function sumOfBest({ start, value }: GateLists, chosen: Int32Array, gates: readonly number[]): number {
  let sum = 0;
  for (const l of chosen) {
    let best = 0;
    for (let row = start[l]; row < start[l + 1]; row++) {
      let score = 0;
      for (let s = 0; s < gates.length; s++) score += gates[s] * value[row * gates.length + s];
      best = Math.max(best, score);
    }
    sum += best;
  }
  return sum;
}
