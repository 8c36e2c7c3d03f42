import { type SettingValues, SIGNAL_NAMES } from "../domain/setting.js";
import type { TrainingFacts } from "../model/model.js";
import { HAND_GATES } from "../scorer/gates.js";
import { servingRules } from "../serving/servingRules.js";
import type { InteractionLog } from "../signals/interactionLog.js";
import type { SignalInput } from "../signals/signal.js";
import { arrangeShop, type TrainingData } from "./arrangeShop.js";
import { assembleModel, isCarried } from "./assembleModel.js";
import { type FittedSignals, fitSignals } from "./fitSignals.js";
import type { Fitter } from "./fitter.js";
import { fixedParameters, type Learned, learnFromSlice } from "./learnFromSlice.js";
import { openLocalFitter } from "./localFitter.js";
import { chooseSlice } from "./slice/chooseSlice.js";
import type { Slice, SliceRules } from "./slice/slice.js";
import { MAX_CASES } from "./splitCases.js";
import type { TrainedModel, TrainOptions } from "./trainOptions.js";
import { defaultsOf } from "./tune.js";

export type { TrainingData } from "./arrangeShop.js";
export type { TrainedModel, TrainingProgress, TrainOptions } from "./trainOptions.js";

/**
 * Learn a model from a shop's products and interactions: hold out a slice, choose every signal's parameters and the
 * gates by it, compare the result with the served model, then fit the signals once more to everything. Equal data,
 * settings and backend give an equal model, whatever the order in which the data came, however many threads fitted it
 * and whatever it was compared with.
 *
 * @throws RecommenderError NOT_FINITE naming the stage in which a number stopped being finite
 */
export async function trainModel(data: TrainingData, options: TrainOptions): Promise<TrainedModel> {
  const { settings, openFitter = openLocalFitter } = options;
  const progress = (stage: string) => (share: number) => options.onProgress?.({ stage, share });
  progress("arranging interactions")(0);
  const shop = arrangeShop(data, settings);
  const rules = servingRules({ ...settings, ...ALL_WEIGHTS_ONE });
  const { excludesPurchased, excludesSeen } = rules;
  const sliceRules: SliceRules = { excludesPurchased, excludesSeen, maxCases: MAX_CASES };
  const slice = chooseSlice(shop.input.log, sliceRules);
  // Other threads fit the signals to everything while the gates are learned here.
  let isLearned = false;
  let refitted: Promise<FittedSignals> | null = null;
  const refit = (parameters: Learned["parameters"]) => {
    const report = (share: number) => isLearned && progress("fitting to everything")(share);
    refitted = fitToEverything(openFitter(shop.input), parameters, report);
    refitted.catch(() => {}); // heard of below, unless the gates fail before
    return refitted;
  };
  const learned =
    slice === null
      ? untuned(shop.input, settings)
      : await learnFromSlice(shop, slice, { sliceRules, rules, onChosen: refit }, options);
  isLearned = true;
  progress("fitting to everything")(0);
  const fitted = await (refitted ?? refit(learned.parameters));
  const facts = factsOf(shop.input.log, fitted, learned, slice);
  const model = assembleModel(shop.productIds, shop.input, fitted, learned.gates, facts);
  return { model, heldOut: learned.heldOut, comparison: learned.comparison };
}

async function fitToEverything(
  fitter: Fitter,
  parameters: Learned["parameters"],
  onProgress: (share: number) => void,
): Promise<FittedSignals> {
  try {
    return await fitSignals(fitter, parameters, onProgress);
  } finally {
    await fitter.close();
  }
}

/** The admin's weights act on lists, not on what is learned. */
const ALL_WEIGHTS_ONE = Object.fromEntries(SIGNAL_NAMES.map((name) => [`weight.${name}`, 1])) as Partial<SettingValues>;

/** Too little to hold anything out: every signal with its defaults or what the admin fixed, gates by hand. */
function untuned({ log }: SignalInput, settings: SettingValues): Learned {
  const fixed = fixedParameters(settings);
  const parameters = new Map(SIGNAL_NAMES.map((name) => [name, { ...defaultsOf(name), ...fixed.get(name) }]));
  if (log.product.length === 0) parameters.delete("repeat");
  return { parameters, gates: HAND_GATES, tuning: null, gateTrials: [], heldOut: null, comparison: null };
}

function factsOf(log: InteractionLog, fitted: FittedSignals, learned: Learned, slice: Slice | null): TrainingFacts {
  const newest = log.newestMs;
  return {
    nInteractions: log.product.length,
    nShoppers: log.nShoppers,
    nProducts: log.nProducts,
    nBaskets: log.nBaskets,
    newestInteraction: Number.isNaN(newest) ? null : new Date(newest).toISOString(),
    signals: Object.fromEntries([...learned.parameters].filter(([name]) => isCarried(name, fitted))),
    slice: slice === null ? null : { kind: slice.kind, counts: slice.counts },
    trials: learned.tuning?.trials ?? [],
    gateTrials: learned.gateTrials,
  };
}
