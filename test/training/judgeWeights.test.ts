import { expect, test } from "vitest";
import { DEFAULT_SETTINGS, SIGNAL_NAMES } from "../../src/domain/setting.js";
import { encodeHeldOutLists, type HeldOutLists } from "../../src/model/heldOutLists.js";
import { N_CONTEXT } from "../../src/scorer/contextFeatures.js";
import { HAND_GATES, N_SIGNALS } from "../../src/scorer/gates.js";
import { createReferenceScorer } from "../../src/scorer/reference.js";
import { EMPTY_MODEL, prepareServedModel } from "../../src/serving/servedModel.js";
import { createWeightJudge } from "../../src/training/judgeWeights.js";

/** So many equal questions: content speaks for the product that was chosen, basket louder for the other one. */
function contested(nLists: number): HeldOutLists {
  const value = new Float32Array(2 * nLists * N_SIGNALS);
  for (let l = 0; l < nLists; l++) {
    value[2 * l * N_SIGNALS + SIGNAL_NAMES.indexOf("basket")] = 2;
    value[(2 * l + 1) * N_SIGNALS + SIGNAL_NAMES.indexOf("content")] = 1;
  }
  return {
    basis: "of this test",
    start: Int32Array.from({ length: nLists + 1 }, (_, l) => 2 * l),
    product: Int32Array.from({ length: 2 * nLists }, (_, row) => row % 2),
    value,
    context: new Float32Array(2 * nLists * N_CONTEXT),
    target: Uint8Array.from({ length: 2 * nLists }, (_, row) => row % 2),
    nTargets: new Int32Array(nLists).fill(2),
  };
}

function judgeOf(lists: HeldOutLists | null) {
  const model = {
    ...EMPTY_MODEL,
    productIds: ["a", "b"],
    popularity: new Float32Array(2),
    context: new Float32Array(2 * N_CONTEXT),
  };
  const served = prepareServedModel(model, "7", [], createReferenceScorer(HAND_GATES));
  const loadHeldOut = async () => lists && encodeHeldOutLists(lists);
  return createWeightJudge({ loadHeldOut }, () => served);
}

const WITHOUT_BASKET = { ...DEFAULT_SETTINGS, "weight.basket": 0 };

test.each([1, 16, 37])("weights act on %i held-out lists, and both sides answer the same questions", async (nLists) => {
  const judged = await judgeOf(contested(nLists)).judge([DEFAULT_SETTINGS, WITHOUT_BASKET]);
  expect(judged?.nLists).toBe(nLists);
  const [before, after] = judged?.qualities ?? [];
  expect(before.ndcg).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3)), 12);
  expect(after.ndcg).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 12);
  expect([before.recall, after.recall, before.hitRate, after.hitRate]).toEqual([0.5, 0.5, 1, 1]);
});

test("where nothing was held out there is nothing to judge by", async () => {
  expect(await judgeOf(null).judge([DEFAULT_SETTINGS])).toBeNull();
  expect(await judgeOf(contested(0)).judge([DEFAULT_SETTINGS])).toBeNull();
});
