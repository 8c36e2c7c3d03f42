import type { InteractionLog } from "../../signals/interactionLog.js";
import { addCase, thin } from "./heldOutCases.js";
import type { HeldOutCase, Slice, SliceRules } from "./slice.js";

/** What came at or after the cut is asked for; what a shopper did before it is the profile. */
export function timeCut(
  log: InteractionLog,
  isGoal: Uint8Array,
  cutMs: number,
  rules: SliceRules,
  counts: Record<string, number>,
): Slice {
  const isHidden = Uint8Array.from(log.timeMs, (time) => Number(time >= cutMs));
  const cases: HeldOutCase[] = [];
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    const visible: number[] = [];
    const wanted: number[] = [];
    for (let row = log.start[shopper]; row < log.start[shopper + 1]; row++) {
      if (isHidden[row] === 0) visible.push(row);
      else if (isGoal[row] === 1) wanted.push(row);
    }
    addCase(cases, log, shopper, visible, wanted, rules);
  }
  return { kind: "time", isHidden, cases: thin(cases, rules.maxCases), counts: { ...counts, nCases: cases.length } };
}
