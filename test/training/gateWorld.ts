import { DEFAULT_SETTINGS, type SignalName } from "../../src/domain/setting.js";
import { HAND_GATES } from "../../src/scorer/gates.js";
import { servingRules } from "../../src/serving/servingRules.js";
import { arrangeShop, inputOf } from "../../src/training/arrangeShop.js";
import { assembleModel, EMPTY_FACTS } from "../../src/training/assembleModel.js";
import { fitSignals } from "../../src/training/fitSignals.js";
import type { Candidate, ServedRival } from "../../src/training/gate.js";
import { basisOf, gatherHeldOut } from "../../src/training/gatherHeldOut.js";
import { questionOf } from "../../src/training/heldOut.js";
import { openLocalFitter } from "../../src/training/localFitter.js";
import { chooseSlice } from "../../src/training/slice/chooseSlice.js";
import { MAX_CASES, splitCases } from "../../src/training/splitCases.js";
import { subsetLog } from "../../src/training/subsetLog.js";
import { defaultsOf } from "../../src/training/tune.js";
import { type Recipe, serveTwin } from "../../src/training/twin.js";
import { openSabotagedFitter } from "../worlds/sabotage.js";
import { type Deed, deed, Shop } from "../worlds/shop.js";

export const RULES = servingRules(DEFAULT_SETTINGS);

/** Parameters nobody had to choose, so that a world of thousands of shoppers is learned at once. */
export const RECIPE: Recipe = {
  parameters: new Map((["collaborative", "trending"] as const).map((name) => [name, defaultsOf(name)])),
  gates: HAND_GATES,
};

/** The day after which every shopper comes back once more, all within a day. */
export const RETURN_DAY = 100;

/** Four circles of six products; each shopper buys two of their circle at some time and a third when they return. */
export function returningShoppers(nShoppers: number): Shop {
  const deeds: Deed[] = [];
  for (let shopper = 0; shopper < nShoppers; shopper++) {
    const buy = (step: number, day: number) =>
      deed(`shopper-${shopper}`, `circle-${shopper % 4}-${(shopper + step) % 6}`, { day });
    deeds.push(buy(0, shopper % 90), buy(1, (shopper % 90) + 1), buy(3, RETURN_DAY + shopper / nShoppers));
  }
  return new Shop([], deeds);
}

/** What a training would judge, with a recipe that is given instead of learned. */
export async function candidateOf(shop: Shop, broken: readonly SignalName[] = []): Promise<Candidate> {
  const arranged = arrangedOf(shop);
  const { log, attributes, segments } = arranged.input;
  const slice = chooseSlice(log, { excludesPurchased: true, excludesSeen: false, maxCases: MAX_CASES });
  if (slice === null) throw new Error("a slice is required");
  const input = inputOf(subsetLog(log, slice.isHidden), attributes, segments, arranged.productIds);
  const fitted = await fitSignals(openSabotagedFitter(broken)(input), RECIPE.parameters, () => {});
  const twin = { ...RECIPE, shop: arranged, input, fitted };
  const { judging } = splitCases(slice.cases, arranged.shopperIds);
  const questions = judging.map((one) => questionOf(one, log, segments));
  const lists = gatherHeldOut(questions, serveTwin(twin), RULES, basisOf(twin, questions, RULES));
  return { twin, questions, lists };
}

/** A model that serves, refitted to everything its shop knew. */
export async function servedOf(shop: Shop, broken: readonly SignalName[] = []): Promise<ServedRival> {
  const { input, productIds } = arrangedOf(shop);
  const fitted = await fitSignals(openSabotagedFitter(broken)(input), RECIPE.parameters, () => {});
  const facts = {
    ...EMPTY_FACTS,
    newestInteraction: new Date(input.log.newestMs).toISOString(),
    signals: Object.fromEntries(RECIPE.parameters),
  };
  return { version: 7, model: assembleModel(productIds, input, fitted, RECIPE.gates, facts), heldOut: null };
}

/** The same shop as it was known at the end of a day. */
export function until(shop: Shop, day: number): Shop {
  const known = new Shop(shop.products, []);
  return Object.assign(known, { rows: shop.rows.filter((row) => (row.deed.day ?? 0) <= day) });
}

export function optionsFor({ twin }: Candidate, minImprovement = -0.01) {
  return { rules: RULES, fitter: openLocalFitter(twin.input), minImprovement };
}

function arrangedOf(shop: Shop) {
  return arrangeShop({ table: shop.table(), products: shop.products, segments: new Map() }, DEFAULT_SETTINGS);
}
