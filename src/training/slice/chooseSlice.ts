import type { InteractionLog } from "../../signals/interactionLog.js";
import { goalRows } from "./goalRows.js";
import { lastChoices } from "./lastChoices.js";
import { randomFifth } from "./randomFifth.js";
import { countRecurrence } from "./recurrence.js";
import { sessionPrefixes } from "./sessionPrefixes.js";
import type { Slice, SliceRules } from "./slice.js";
import { timeCut } from "./timeCut.js";

/** Share of the rows, the newest, that a time cut holds out. */
const TIME_SHARE = 0.15;
const MIN_RECURRING_SHOPPERS = 500;
const MIN_RECURRING_SHARE = 0.2;
/** Below this share of ids that come back an id is a session. */
const MAX_SESSION_RECURRENCE = 0.05;

/**
 * Hold out the part of the log that resembles what lists are asked for: a time cut where enough shoppers come back,
 * else each shopper's last choice; session prefixes where ids do not come back at all; a random fifth where no time is
 * known. Returns null where no shopper has two choices to part.
 */
export function chooseSlice(log: InteractionLog, rules: SliceRules): Slice | null {
  const isGoal = goalRows(log);
  if (shareOfKnownTimes(log) < 0.5) return nonEmpty(randomFifth(log, isGoal, rules));
  const cutMs = timeQuantile(log, 1 - TIME_SHARE);
  const recurrence = countRecurrence(log, cutMs);
  const counts = { ...recurrence };
  const { nRepeatersBefore, nRecurring, nIds, nRecurringIds } = recurrence;
  if (nRecurring >= MIN_RECURRING_SHOPPERS && nRecurring >= MIN_RECURRING_SHARE * nRepeatersBefore) {
    return nonEmpty(timeCut(log, isGoal, cutMs, rules, counts));
  }
  if (nRecurringIds < MAX_SESSION_RECURRENCE * nIds && nIds >= MIN_RECURRING_SHOPPERS) {
    return nonEmpty(sessionPrefixes(log, rules, counts));
  }
  return nonEmpty(lastChoices(log, isGoal, rules, counts));
}

/**
 * What came last in the whole shop, whoever chose it, strangers included: how fast the shop's taste moves can be asked
 * of any shop that knows times. Null where it does not.
 */
export function newestSlice(log: InteractionLog, rules: SliceRules): Slice | null {
  if (shareOfKnownTimes(log) < 0.5) return null;
  return nonEmpty(timeCut(log, goalRows(log), timeQuantile(log, 1 - TIME_SHARE), rules, {}));
}

function nonEmpty(slice: Slice): Slice | null {
  return slice.cases.length === 0 ? null : slice;
}

function shareOfKnownTimes(log: InteractionLog): number {
  let known = 0;
  for (const time of log.timeMs) if (!Number.isNaN(time)) known++;
  return known / Math.max(1, log.timeMs.length);
}

function timeQuantile(log: InteractionLog, share: number): number {
  const times = log.timeMs.filter((time) => !Number.isNaN(time)).sort();
  return times[Math.floor(times.length * share)] ?? Number.POSITIVE_INFINITY;
}
