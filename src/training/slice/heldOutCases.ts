import { hashId } from "../../domain/ids.js";
import { ACTION } from "../../domain/interaction.js";
import type { InteractionLog } from "../../signals/interactionLog.js";
import type { HeldOutCase, SliceRules } from "./slice.js";

/** Keep as right answers what a list may hold: not what the visible part excludes. */
export function addCase(
  cases: HeldOutCase[],
  log: InteractionLog,
  shopper: number,
  visible: readonly number[],
  wanted: readonly number[],
  rules: SliceRules,
): void {
  const excluded = new Set<number>();
  for (const row of visible) {
    if (rules.excludesSeen || (rules.excludesPurchased && log.action[row] === ACTION.purchase))
      excluded.add(log.product[row]);
  }
  const targets = [...new Set(wanted.map((row) => log.product[row]))].filter((product) => !excluded.has(product));
  if (targets.length === 0) return;
  const chosenFromMs = Math.min(...wanted.map((row) => log.timeMs[row]));
  cases.push({ shopper, visible: Int32Array.from(visible), targets: Int32Array.from(targets), chosenFromMs });
}

/** At most `most` cases, chosen by a hash of the shopper, so which ones remain does not depend on order. */
export function thin(cases: readonly HeldOutCase[], most: number): readonly HeldOutCase[] {
  const keyed = cases.map((one, i) => ({ one, i, key: hashId(`${one.shopper}\n${one.visible.length}`) }));
  keyed.sort((a, b) => a.key - b.key || a.i - b.i);
  return keyed.slice(0, most).map(({ one }) => one);
}
