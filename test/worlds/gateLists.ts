import { SIGNAL_NAMES, type SignalName } from "../../src/domain/setting.js";
import { CONTEXT_FEATURES, type ContextFeature } from "../../src/scorer/contextFeatures.js";
import type { GateLists } from "../../src/scorer/gateLists.js";

/** A candidate as gates see it; what is left out is 0. */
export interface ListRow {
  readonly answers: Partial<Record<SignalName, number>>;
  readonly context?: Partial<Record<ContextFeature, number>>;
  readonly target: number;
}

/** Lists written by hand, in the form that gates are learned from. */
export function gateLists(lists: readonly (readonly ListRow[])[]): GateLists {
  const start = Int32Array.from([0, ...lists.map((list) => list.length)]);
  for (let l = 0; l < lists.length; l++) start[l + 1] += start[l];
  const rows = lists.flat();
  return {
    start,
    value: Float32Array.from(rows.flatMap(({ answers }) => SIGNAL_NAMES.map((name) => answers[name] ?? 0))),
    context: Float32Array.from(rows.flatMap(({ context }) => CONTEXT_FEATURES.map((name) => context?.[name] ?? 0))),
    target: Float32Array.from(rows, (row) => row.target),
  };
}
