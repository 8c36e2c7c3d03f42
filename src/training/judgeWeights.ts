import type { JudgedQuality, WeightJudge } from "../domain/insight.js";
import type { HeldOutQuality } from "../domain/modelComparison.js";
import type { ModelStore } from "../domain/ports.js";
import { decodeHeldOutLists, type HeldOutLists } from "../model/heldOutLists.js";
import { N_CONTEXT } from "../scorer/contextFeatures.js";
import { type GateParameters, N_SIGNALS } from "../scorer/gates.js";
import type { ServedModel } from "../serving/servedModel.js";
import { servingRules } from "../serving/servingRules.js";
import { judgeLists } from "./judge.js";

/** Lists judged between two breaths of the event loop: a few milliseconds. */
const LISTS_PER_BREATH = 16;

/**
 * Judges weights on the held-out lists that are stored with the served model, by its gates. The lists hold what was
 * proposed under weights of 1, so a weight of 0 takes a signal's voice, not its proposals. One judgement at a time: the
 * lists of a large shop are tens of megabytes.
 */
export function createWeightJudge(models: Pick<ModelStore, "loadHeldOut">, served: () => ServedModel): WeightJudge {
  let last: Promise<unknown> = Promise.resolve();
  return {
    judge(settings) {
      const { version, catalogue, gates } = served();
      const judged = last.then(async () => {
        const bytes = version === null ? null : await models.loadHeldOut(Number(version));
        if (bytes === null) return null;
        const lists = decodeHeldOutLists(bytes, catalogue.nModelProducts);
        if (lists.nTargets.length === 0) return null;
        const qualities: JudgedQuality[] = [];
        for (const values of settings)
          qualities.push(await judgeInTurns(lists, gates, servingRules(values).signalWeight));
        return { nLists: lists.nTargets.length, qualities };
      });
      last = judged.catch(() => {});
      return judged;
    },
  };
}

async function judgeInTurns(lists: HeldOutLists, gates: GateParameters, weight: Float64Array): Promise<JudgedQuality> {
  const nLists = lists.nTargets.length;
  const perList: HeldOutQuality[] = [];
  for (let from = 0; from < nLists; from += LISTS_PER_BREATH) {
    perList.push(...judgeLists(sliceOf(lists, from, Math.min(nLists, from + LISTS_PER_BREATH)), gates, weight));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const mean = (of: (quality: HeldOutQuality) => number) => perList.reduce((sum, one) => sum + of(one), 0) / nLists;
  return { ndcg: mean(({ ndcg }) => ndcg), recall: mean(({ recall }) => recall), hitRate: mean(hit) };
}

function hit({ recall }: HeldOutQuality): number {
  return recall > 0 ? 1 : 0;
}

/** Lists `from` … `to` − 1, as views. */
function sliceOf(lists: HeldOutLists, from: number, to: number): HeldOutLists {
  const [first, end] = [lists.start[from], lists.start[to]];
  return {
    basis: lists.basis,
    start: lists.start.slice(from, to + 1).map((row) => row - first),
    product: lists.product.subarray(first, end),
    value: lists.value.subarray(first * N_SIGNALS, end * N_SIGNALS),
    context: lists.context.subarray(first * N_CONTEXT, end * N_CONTEXT),
    target: lists.target.subarray(first, end),
    nTargets: lists.nTargets.subarray(from, to),
  };
}
