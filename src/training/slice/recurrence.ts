import type { InteractionLog } from "../../signals/interactionLog.js";

/** Who comes back: counts over shoppers, a shopper of two or more interactions before the cut being a repeater. */
export interface Recurrence {
  readonly nRepeatersBefore: number;
  /** Repeaters who also come after the cut. */
  readonly nRecurring: number;
  readonly nIds: number;
  /** Ids seen on both sides of the cut. */
  readonly nRecurringIds: number;
}

/** Interactions of unknown time count as before the cut. Cost: one pass. */
export function countRecurrence(log: InteractionLog, cutMs: number): Recurrence {
  const counts = { nRepeatersBefore: 0, nRecurring: 0, nIds: 0, nRecurringIds: 0 };
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    const from = log.start[shopper];
    const to = log.start[shopper + 1];
    let nBefore = 0;
    for (let row = from; row < to; row++) if (!(log.timeMs[row] >= cutMs)) nBefore++;
    const comesAfter = nBefore < to - from;
    if (to > from) counts.nIds++;
    if (nBefore > 0 && comesAfter) counts.nRecurringIds++;
    if (nBefore < 2) continue;
    counts.nRepeatersBefore++;
    if (comesAfter) counts.nRecurring++;
  }
  return counts;
}
