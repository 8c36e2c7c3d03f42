import type { HeldOutQuality } from "../domain/modelComparison.js";
import type { HeldOutLists } from "../model/heldOutLists.js";
import { type GateParameters, N_SIGNALS } from "../scorer/gates.js";
import { scoreByReference } from "../scorer/reference.js";
import { filterOf, markExcluded } from "../serving/eligibility.js";
import { Scratch } from "../serving/scratch.js";
import type { ServedModel } from "../serving/servedModel.js";
import type { ServingRules } from "../serving/servingRules.js";
import { TopK } from "../signals/topK.js";
import { type HeldOutQuestion, JUDGED_PRODUCTS } from "./heldOut.js";
import { rankQuality } from "./listMetrics.js";

const NO_WEIGHTS: Float64Array = new Float64Array(N_SIGNALS).fill(1);

/**
 * Rank held-out lists by gates, and by an admin's weights where some are given, and measure each by what was chosen. By the plain scorer, so that the
 * judgement does not depend on the backend.
 *
 * Cost: one score per row, and the best 20 of each list.
 */
export function judgeLists(lists: HeldOutLists, gates: GateParameters, weight = NO_WEIGHTS): HeldOutQuality[] {
  const { start, value, context, target, nTargets } = lists;
  const batch = { start, value, context, placement: Array.from(nTargets, () => "user" as const) };
  const { score } = scoreByReference(gates, batch, weight);
  const inOrder = Int32Array.from(score.keys());
  return Array.from(nTargets, (wanted, l) => {
    const best = new TopK(JUDGED_PRODUCTS, inOrder);
    for (let row = start[l]; row < start[l + 1]; row++) best.offer(row, score[row]);
    const rows = Array.from(best.unordered()).sort((a, b) => score[b] - score[a] || a - b);
    const ranks = [...rows.keys()].filter((rank) => target[rows[rank]] === 1);
    return rankQuality(ranks, wanted, JUDGED_PRODUCTS);
  });
}

/** What the most popular products would have done, under the same exclusions: the least a model must beat. */
export function judgePopularity(
  questions: readonly HeldOutQuestion[],
  served: ServedModel,
  rules: ServingRules,
): HeldOutQuality[] {
  const scratch = new Scratch(served);
  return questions.map(({ history, request, targets }) => {
    scratch.begin();
    markExcluded(request, history, served.catalogue, scratch, rules);
    const isEligible = filterOf(request, served.catalogue);
    const ranks: number[] = [];
    let rank = 0;
    for (const product of served.popularOrder) {
      if (rank === JUDGED_PRODUCTS) break;
      if (scratch.isExcluded(product) || !isEligible(product)) continue;
      if (targets.includes(product)) ranks.push(rank);
      rank++;
    }
    return rankQuality(ranks, targets.length, JUDGED_PRODUCTS);
  });
}

/** The mean over the chosen lists. */
export function meanQuality(perList: readonly HeldOutQuality[], chosen: readonly number[]): HeldOutQuality {
  const mean = (of: keyof HeldOutQuality) => chosen.reduce((sum, l) => sum + perList[l][of], 0) / chosen.length;
  return { ndcg: mean("ndcg"), recall: mean("recall") };
}
