import type { Placement } from "../domain/recommendation.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import { type GateParameters, HAND_GATES } from "../scorer/gates.js";

/** Where lists are asked for as the held-out questions ask: gates learned from them are used there. */
export const LEARNED_PLACEMENTS: readonly Placement[] = ["user", "session"];

/** How much faster than its own quality a weaker signal's voice falls. */
const EXPONENT = 1.5;
/** Fewer questions say less than that: a signal that happens to answer none of a few dozen must not fall silent. */
const FULL_QUESTIONS = 150;

/**
 * Gates to begin learning with: a signal speaks as loud as its own lists are good, and signals that the slice cannot
 * tell apart speak alike. Where few were asked the gates stay as much nearer to those by hand. Signals that cannot list
 * alone keep what they have by hand.
 *
 * @param strength NDCG of each signal's own lists
 * @param nQuestions how many lists that is the mean of
 */
export function gatesByStrength(strength: ReadonlyMap<SignalName, number>, nQuestions: number): GateParameters {
  const best = Math.max(...strength.values(), 0);
  if (best === 0) return HAND_GATES;
  const trust = Math.min(1, nQuestions / FULL_QUESTIONS);
  const gates = SIGNAL_NAMES.map((name, s) => {
    const own = strength.get(name);
    const byHand = HAND_GATES.byPlacement.user[s];
    return own === undefined ? byHand : trust * (own / best) ** EXPONENT + (1 - trust) * byHand;
  });
  const learned = Object.fromEntries(LEARNED_PLACEMENTS.map((placement) => [placement, gates]));
  return { ...HAND_GATES, byPlacement: { ...HAND_GATES.byPlacement, ...learned } };
}
