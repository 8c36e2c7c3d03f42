import type { ModelComparison } from "../domain/modelComparison.js";
import { type SettingValues, SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { HeldOutLists } from "../model/heldOutLists.js";
import type { Model, TrainingFacts } from "../model/model.js";
import type { TensorBackend } from "../scorer/backend.js";
import { fitGates } from "../scorer/fitGates.js";
import { HAND_GATES } from "../scorer/gates.js";
import { type ServingRules, servingRules } from "../serving/servingRules.js";
import type { InteractionLog } from "../signals/interactionLog.js";
import type { SignalInput } from "../signals/signal.js";
import { type ArrangedShop, arrangeShop, inputOf, type TrainingData } from "./arrangeShop.js";
import { assembleModel, isCarried } from "./assembleModel.js";
import { type FittedSignals, fitSignals } from "./fitSignals.js";
import type { Fitter, OpenFitter } from "./fitter.js";
import { compareModels, type ServedRival } from "./gate.js";
import { gatherGateLists } from "./gateLists.js";
import { basisOf, gatherHeldOut } from "./gatherHeldOut.js";
import { type HeldOutQuestion, questionOf } from "./heldOut.js";
import { openLocalFitter } from "./localFitter.js";
import { Probe } from "./probe.js";
import { chooseSlice, type Slice } from "./slice.js";
import { MAX_CASES, splitCases } from "./splitCases.js";
import { subsetLog } from "./subsetLog.js";
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
  const slice = chooseSlice(shop.input.log, {
    excludesPurchased: rules.excludesPurchased,
    excludesSeen: rules.excludesSeen,
    maxCases: MAX_CASES,
  });
  const learned = slice === null ? untuned(shop.input) : await learnFromSlice(shop, slice, rules, options);
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
  options: TrainOptions,
): Promise<Learned> {
  const { attributes, segments, log } = shop.input;
  const input = inputOf(subsetLog(log, slice.isHidden), attributes, segments, shop.productIds);
  const cases = splitCases(slice.cases, shop.shopperIds);
  const questions = {
    tuning: cases.tuning.map((one) => questionOf(one, log, segments)),
    gates: cases.gates.map((one) => questionOf(one, log, segments)),
    judging: cases.judging.map((one) => questionOf(one, log, segments)),
  };
  const { onProgress, openFitter = openLocalFitter } = options;
  const fitter = openFitter(input);
  try {
    const unfitted = { shop, input, fitted: NOTHING_FITTED, parameters: new Map(), gates: HAND_GATES };
    const tuning = await tuneSignals({
      fitter,
      probe: new Probe(serveTwin(unfitted), questions.tuning, rules),
      tieRank: input.tieRank,
      skip: rules.excludesSeen ? new Set<SignalName>(["repeat"]) : new Set(),
      onProgress: (share) => onProgress?.({ stage: "choosing parameters", share }),
    });
    const { parameters } = tuning;
    const fitted = await fitSignals(fitter, parameters, () => {});
    const beforeGates = { ...unfitted, fitted, parameters };
    const learned = await learnGates(beforeGates, questions.gates, rules, options);
    const twin = { ...beforeGates, gates: learned?.gates ?? HAND_GATES };
    const judged = await judgeTwin(twin, questions.judging, fitter, rules, options);
    return { parameters, gates: twin.gates, tuning, gateTrials: learned?.tried ?? [], ...judged };
  } finally {
    await fitter.close();
  }
}

const NOTHING_FITTED: FittedSignals = {
  matrices: new Map(),
  histories: new Map(),
  latent: null,
  trend: null,
  categories: [],
  segments: [],
};

/** Null where there is nothing to learn from or nothing to learn with: the gates stay as made by hand. */
async function learnGates(
  twin: Twin,
  questions: readonly HeldOutQuestion[],
  rules: ServingRules,
  { backend, onProgress }: TrainOptions,
) {
  if (backend === null || questions.length === 0) return null;
  const served = serveTwin(twin);
  const isCounted = served.signals.map((signal) => signal !== null);
  const report = (share: number) => onProgress?.({ stage: "gathering lists", share });
  const lists = gatherGateLists(questions, served, { rules, isCounted, onProgress: report });
  onProgress?.({ stage: "learning gates", share: 0 });
  return fitGates(lists, { prior: HAND_GATES.byPlacement.user }, backend);
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
