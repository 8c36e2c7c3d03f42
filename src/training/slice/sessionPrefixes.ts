import { hashId } from "../../domain/ids.js";
import type { InteractionLog } from "../../signals/interactionLog.js";
import { addCase, thin } from "./heldOutCases.js";
import type { HeldOutCase, Slice, SliceRules } from "./slice.js";

const MAX_PREFIX_SESSIONS = 6000;

/** The newest sessions, asked after each of their steps: what comes next? */
export function sessionPrefixes(log: InteractionLog, rules: SliceRules, counts: Record<string, number>): Slice {
  const sessions: { shopper: number; endMs: number }[] = [];
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    const end = log.start[shopper + 1] - 1;
    if (end <= log.start[shopper]) continue;
    // A session of unknown time is old, never one of the newest.
    sessions.push({ shopper, endMs: Number.isNaN(log.timeMs[end]) ? Number.NEGATIVE_INFINITY : log.timeMs[end] });
  }
  sessions.sort((a, b) => b.endMs - a.endMs || hashId(`${a.shopper}`) - hashId(`${b.shopper}`));
  const nHeldOut = Math.min(MAX_PREFIX_SESSIONS, Math.ceil(sessions.length / 10));
  const isHidden = new Uint8Array(log.product.length);
  const cases: HeldOutCase[] = [];
  for (const { shopper } of sessions.slice(0, nHeldOut)) {
    const from = log.start[shopper];
    const to = log.start[shopper + 1];
    isHidden.fill(1, from, to);
    for (let row = from + 1; row < to; row++) {
      if (log.weight[row] <= 0) continue;
      const visible = Array.from({ length: row - from }, (_, i) => from + i);
      addCase(cases, log, shopper, visible, [row], rules);
    }
  }
  const kept = thin(cases, rules.maxCases);
  return {
    kind: "sessionPrefix",
    isHidden,
    cases: kept,
    counts: { ...counts, nSessions: nHeldOut, nCases: cases.length },
  };
}
