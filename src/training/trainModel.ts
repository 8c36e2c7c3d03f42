import type { ModelComparison } from "../domain/modelComparison.js";
import { type SettingValues, SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { HeldOutLists } from "../model/heldOutLists.js";
import type { Model, TrainingFacts } from "../model/model.js";
import type { TensorBackend } from "../scorer/backend.js";
import { HAND_GATES } from "../scorer/gates.js";
import { type ServingRules, servingRules } from "../serving/servingRules.js";
import type { InteractionLog } from "../signals/interactionLog.js";
import type { Parameters, SignalInput } from "../signals/signal.js";
import { type ArrangedShop, arrangeShop, type TrainingData } from "./arrangeShop.js";
import { assembleModel, isCarried } from "./assembleModel.js";
import { type FittedSignals, fitSignals } from "./fitSignals.js";
import type { Fitter, OpenFitter } from "./fitter.js";
import { compareModels, type ServedRival } from "./gate.js";
import { gatesByStrength } from "./gatesByStrength.js";
import { basisOf, gatherHeldOut } from "./gatherHeldOut.js";
import { askAll, type Ground, openGround, tuningGround } from "./ground.js";
import type { HeldOutQuestion } from "./heldOut.js";
import { learnGates } from "./learnGates.js";
import { openLocalFitter } from "./localFitter.js";
import { chooseSlice, newestSlice } from "./slice/chooseSlice.js";
import type { Slice, SliceRules } from "./slice/slice.js";
import { MAX_CASES, splitCases } from "./splitCases.js";
import { defaultsOf, type Tuning, tuneSignals } from "./tune.js";
import { type Recipe, serveTwin, type Twin } from "./twin.js";

export type { TrainingData } from "./arrangeShop.js";

export interface TrainingProgress {
  readonly stage: string;
  /** 0 … 1 within the stage. */
  readonly share: number;
}

export interface TrainOptions {
  readonly settings: SettingValues;
  /** Where the gates are learned; they stay as made by hand without one. */
  readonly backend: TensorBackend | null;
  readonly openFitter?: OpenFitter;
  /** The model to compare with before the refit, null when none serves; no comparison is made without it. */
  readonly loadServed?: () => Promise<ServedRival | null>;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

export interface TrainedModel {
  readonly model: Model;
  /** The lists of its twin from before the refit; null without a slice or a comparison. */
  readonly heldOut: HeldOutLists | null;
  readonly comparison: ModelComparison | null;
}

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
  const learned = slice === null ? untuned(shop.input) : await learnFromSlice(shop, slice, rules, sliceRules, options);
  const fitter = openFitter(shop.input);
  try {
    const fitted = await fitSignals(fitter, learned.parameters, (stage) => progress(stage)(0));
    const facts = factsOf(shop.input.log, fitted, learned, slice);
    const model = assembleModel(shop.productIds, shop.input, fitted, learned.gates, facts);
    return { model, heldOut: learned.heldOut, comparison: learned.comparison };
  } finally {
    await fitter.close();
  }
}

interface Learned extends Recipe, Pick<TrainedModel, "heldOut" | "comparison"> {
  readonly tuning: Tuning | null;
  readonly gateTrials: readonly unknown[];
}

/** The admin's weights act on lists, not on what is learned. */
const ALL_WEIGHTS_ONE = Object.fromEntries(SIGNAL_NAMES.map((name) => [`weight.${name}`, 1])) as Partial<SettingValues>;

/** Too little to hold anything out: every signal with its defaults, gates by hand. */
function untuned({ log }: SignalInput): Learned {
  const parameters = new Map(SIGNAL_NAMES.map((name) => [name, defaultsOf(name)]));
  if (log.product.length === 0) parameters.delete("repeat");
  return { parameters, gates: HAND_GATES, tuning: null, gateTrials: [], heldOut: null, comparison: null };
}

async function learnFromSlice(
  shop: ArrangedShop,
  slice: Slice,
  rules: ServingRules,
  sliceRules: SliceRules,
  options: TrainOptions,
): Promise<Learned> {
  const newestPart = slice.kind === "time" ? null : newestSlice(shop.input.log, sliceRules);
  const { openFitter = openLocalFitter } = options;
  const cases = splitCases(slice, newestPart, shop.shopperIds);
  const ground = openGround(shop, slice, cases.learning, openFitter);
  const newest = newestPart === null ? null : openGround(shop, newestPart, cases.newestLearning, openFitter);
  try {
    const { twin, ...learned } = await learn(shop, ground, newest, rules, options);
    const judged = await judgeTwin(twin, askAll(shop, cases.judging), ground.fitter, rules, options);
    return { ...learned, parameters: twin.parameters, gates: twin.gates, ...judged };
  } finally {
    await Promise.all([ground.fitter.close(), newest?.fitter.close()]);
  }
}

async function learn(
  shop: ArrangedShop,
  ground: Ground,
  newest: Ground | null,
  rules: ServingRules,
  { settings, backend, onProgress }: TrainOptions,
): Promise<{ twin: Twin; tuning: Tuning; gateTrials: readonly unknown[] }> {
  const tuning = await tuneSignals({
    ...tuningGround(shop, ground, rules),
    trend: newest === null ? null : tuningGround(shop, newest, rules),
    fixed: fixedParameters(settings),
    skip: rules.excludesSeen ? new Set<SignalName>(["repeat"]) : new Set(),
    onProgress: (share) => onProgress?.({ stage: "choosing parameters", share }),
  });
  const { parameters } = tuning;
  const gates = gatesByStrength(tuning.strength);
  const questioned = async ({ input, questions, fitter }: Ground) => {
    const fitted = await fitSignals(fitter, parameters, () => {});
    return { twin: { shop, input, fitted, parameters, gates }, questions };
  };
  const begin = await questioned(ground);
  if (backend === null) return { twin: begin.twin, tuning, gateTrials: [] };
  const learned = await learnGates(begin, newest === null ? null : await questioned(newest), {
    rules,
    backend,
    onProgress: (stage, share) => onProgress?.({ stage, share }),
  });
  return { twin: { ...begin.twin, gates: learned.gates }, tuning, gateTrials: learned.tried };
}

/** What an admin has taken out of the training's hands. */
function fixedParameters(settings: SettingValues): Map<SignalName, Parameters> {
  const halfLifeDays = settings["trending.halfLifeDays"];
  return halfLifeDays === 0 ? new Map() : new Map([["trending", { halfLifeDays }]]);
}

/** The twin's lists, and how they compare with what serves. */
async function judgeTwin(
  twin: Twin,
  questions: readonly HeldOutQuestion[],
  fitter: Fitter,
  rules: ServingRules,
  { settings, loadServed, onProgress }: TrainOptions,
): Promise<Pick<TrainedModel, "heldOut" | "comparison">> {
  if (loadServed === undefined) return { heldOut: null, comparison: null };
  onProgress?.({ stage: "comparing models", share: 0 });
  const lists = gatherHeldOut(questions, serveTwin(twin), rules, basisOf(twin, questions, rules));
  const minImprovement = settings["training.minImprovement"];
  const comparison = await compareModels({ twin, questions, lists }, await loadServed(), {
    rules,
    fitter,
    minImprovement,
  });
  return { heldOut: lists, comparison };
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
