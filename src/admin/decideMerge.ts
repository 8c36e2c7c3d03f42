import type { MergeDecision, MergeStanding } from "../domain/shopper.js";

/**
 * Decide a merge. Chains resolve: a history goes to whoever has that of `into` now, so that an alias is always one step.
 * The same merge again changes nothing; one that would close a circle, or take a history from whom it was given to, is
 * refused.
 */
export function decideMerge({ from, into, fromIsKeptUnder, intoIsKeptUnder }: MergeStanding): MergeDecision {
  const owner = intoIsKeptUnder ?? into;
  if (fromIsKeptUnder === owner) return { kind: "merged before", into: owner };
  if (fromIsKeptUnder !== null) {
    const message = "the history was merged into another shopper before, and stays there";
    return { kind: "refused", code: "MERGED_ELSEWHERE", field: "from", message };
  }
  if (from.kind === "user" && from.id === owner) {
    const message = "two shoppers are required, both ids are those of one";
    return { kind: "refused", code: "SAME_SHOPPER", field: "into", message };
  }
  return { kind: "merge", into: owner };
}
