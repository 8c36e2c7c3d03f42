import type { Placement } from "../domain/recommendation.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import { type GateParameters, HAND_GATES } from "../scorer/gates.js";

/** Where lists are asked for as the held-out questions ask: gates learned from them are used there. */
export const LEARNED_PLACEMENTS: readonly Placement[] = ["user", "session"];

/** How much faster than its own quality a weaker signal's voice falls. */
const EXPONENT = 1.5;

/**
 * Gates to begin learning with: a signal speaks as loud as its own lists are good, and signals that the slice cannot
 * tell apart speak alike. Signals that cannot list alone keep what they have by hand.
 *
 * @param strength NDCG of each signal's own lists
 */
export function gatesByStrength(strength: ReadonlyMap<SignalName, number>): GateParameters {
  const best = Math.max(...strength.values(), 0);
  if (best === 0) return HAND_GATES;
  const gates = SIGNAL_NAMES.map((name, s) => {
    const own = strength.get(name);
    return own === undefined ? HAND_GATES.byPlacement.user[s] : (own / best) ** EXPONENT;
  });
  const learned = Object.fromEntries(LEARNED_PLACEMENTS.map((placement) => [placement, gates]));
  return { ...HAND_GATES, byPlacement: { ...HAND_GATES.byPlacement, ...learned } };
}
