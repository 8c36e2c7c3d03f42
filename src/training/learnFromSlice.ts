import type { SettingValues, SignalName } from "../domain/setting.js";
import { HAND_GATES } from "../scorer/gates.js";
import type { ServingRules } from "../serving/servingRules.js";
import type { Parameters } from "../signals/signal.js";
import type { ArrangedShop } from "./arrangeShop.js";
import { NOTHING_FITTED } from "./fitSignals.js";
import { compareModels } from "./gate.js";
import { gatesByStrength } from "./gatesByStrength.js";
import { basisOf, gatherHeldOut } from "./gatherHeldOut.js";
import { type Ground, openGround, withinTuningWork } from "./ground.js";
import { learnGates } from "./learnGates.js";
import { Probe } from "./probe.js";
import { newestSlice } from "./slice/chooseSlice.js";
import { chooseNewcomers, hideNewcomers } from "./slice/hideNewcomers.js";
import type { Slice, SliceRules } from "./slice/slice.js";
import type { TrainedModel, TrainOptions } from "./trainOptions.js";
import { type Tuning, tuneSignals } from "./tune.js";
import { fitTwin, type Recipe, serveTwin, type Twin } from "./twin.js";

/** What the held-out part of a log has taught. */
export interface Learned extends Recipe, Pick<TrainedModel, "heldOut" | "comparison"> {
  readonly tuning: Tuning | null;
  readonly gateTrials: readonly unknown[];
}

export interface LearnOptions {
  readonly sliceRules: SliceRules;
  readonly rules: ServingRules;
  /** Hears of the parameters before the gates are learned with them. */
  readonly onChosen: (parameters: Recipe["parameters"]) => void;
}

/** How much more a thorough training asks. */
const THOROUGH_EFFORT = 3;

/**
 * Learn from what a slice holds out: every signal's parameters, then the gates; then compare what came of it with the
 * served model, before anything is fitted to the whole log.
 */
export async function learnFromSlice(
  shop: ArrangedShop,
  slice: Slice,
  { sliceRules, rules, onChosen }: LearnOptions,
  options: TrainOptions,
): Promise<Learned> {
  const newest = slice.kind === "time" ? null : newestSlice(shop.input.log, sliceRules);
  const isThorough = options.settings["training.effort"] >= 2;
  const effort = isThorough ? THOROUGH_EFFORT : 1;
  const { log, attributes } = shop.input;
  const isNewcomer = chooseNewcomers(attributes, shop.productIds);
  const ground = openGround(shop, hideNewcomers(slice, log, isNewcomer), options);
  const newestGround = newest === null ? null : openGround(shop, newest, options);
  try {
    const tuning = await tuneSignals({
      ...tuningGround(shop, ground, rules, effort),
      trend: newestGround === null ? null : tuningGround(shop, newestGround, rules, effort),
      fixed: fixedParameters(options.settings),
      isThorough,
      skip: rules.excludesSeen ? new Set<SignalName>(["repeat"]) : new Set(),
      onProgress: (share) => options.onProgress?.({ stage: "choosing parameters", share }),
    });
    const begin = gatesByStrength(tuning.strength, withinTuningWork(ground.questions.tuning, effort).length);
    options.onProgress?.({ stage: "fitting before the slice", share: 0 });
    const twin = await fitTwin(shop, ground, { parameters: tuning.parameters, gates: begin }, tuning.fitted);
    onChosen(tuning.parameters);
    const { gates, tried } = await learnGates(twin, { ground, newest: newestGround, isNewcomer }, rules, options);
    const judged = await judgeTwin({ ...twin, gates }, ground, rules, options);
    return { parameters: tuning.parameters, gates, tuning, gateTrials: tried, ...judged };
  } finally {
    await Promise.all([ground.fitter.close(), newestGround?.fitter.close()]);
  }
}

function tuningGround(shop: ArrangedShop, { input, questions, fitter }: Ground, rules: ServingRules, effort: number) {
  const nothing = { shop, input, fitted: NOTHING_FITTED, parameters: new Map(), gates: HAND_GATES };
  return { fitter, input, probe: new Probe(serveTwin(nothing), withinTuningWork(questions.tuning, effort), rules) };
}

/** What an admin has taken out of the training's hands. */
export function fixedParameters(settings: SettingValues): Map<SignalName, Parameters> {
  const halfLifeDays = settings["trending.halfLifeDays"];
  const names = halfLifeDays === 0 ? [] : (["trending", "categoryTrend", "segmentTrend"] as const);
  return new Map(names.map((name) => [name, { halfLifeDays }]));
}

/** The twin's lists, and how they compare with what serves. */
async function judgeTwin(
  twin: Twin,
  { questions, fitter }: Ground,
  rules: ServingRules,
  { settings, loadServed, onProgress }: TrainOptions,
): Promise<Pick<TrainedModel, "heldOut" | "comparison">> {
  if (loadServed === undefined) return { heldOut: null, comparison: null };
  onProgress?.({ stage: "comparing models", share: 0 });
  const served = serveTwin(twin);
  const lists = gatherHeldOut(questions.judging, served, rules, basisOf(twin, questions.judging, rules));
  const minImprovement = settings["training.minImprovement"];
  const candidate = { twin, questions: questions.judging, lists };
  const comparison = await compareModels(candidate, await loadServed(), { rules, fitter, minImprovement });
  return { heldOut: lists, comparison };
}
