import type { SettingValues, SignalName } from "../domain/setting.js";
import { FIT_GATES_DEFAULTS, fitGates, withFittedGates } from "../scorer/fitGates.js";
import { type GateParameters, HAND_GATES } from "../scorer/gates.js";
import type { ServingRules } from "../serving/servingRules.js";
import type { Parameters, SignalInput } from "../signals/signal.js";
import { type ArrangedShop, inputOf } from "./arrangeShop.js";
import { calibrateTrend } from "./calibrateTrend.js";
import { type FittedSignals, fitSignals } from "./fitSignals.js";
import type { Fitter } from "./fitter.js";
import { compareModels } from "./gate.js";
import { gatherGateLists } from "./gateLists.js";
import { gatesByStrength, LEARNED_PLACEMENTS } from "./gatesByStrength.js";
import { basisOf, gatherHeldOut } from "./gatherHeldOut.js";
import { type HeldOutQuestion, questionOf } from "./heldOut.js";
import { openLocalFitter } from "./localFitter.js";
import { payingSignals, withoutOthers } from "./payingSignals.js";
import { Probe } from "./probe.js";
import { newestSlice } from "./slice/chooseSlice.js";
import { hideNewcomers } from "./slice/hideNewcomers.js";
import type { HeldOutCase, Slice, SliceRules } from "./slice/slice.js";
import { isJudge, splitCases } from "./splitCases.js";
import { subsetLog } from "./subsetLog.js";
import type { TrainedModel, TrainOptions } from "./trainOptions.js";
import { type Tuning, tuneSignals } from "./tune.js";
import { type Recipe, serveTwin, type Twin } from "./twin.js";

/** What the held-out part of a log has taught. */
export interface Learned extends Recipe, Pick<TrainedModel, "heldOut" | "comparison"> {
  readonly tuning: Tuning | null;
  readonly gateTrials: readonly unknown[];
}

/** Most held-out questions that a signal's parameters are chosen by: more tell apart less than they cost. */
const TUNING_QUESTIONS = 600;
const THOROUGH_TUNING_QUESTIONS = 1500;
const MAX_RETURNED = 2000;

/**
 * Learn from what a slice holds out: every signal's parameters, then the gates; then compare what came of it with the
 * served model, before anything is fitted to the whole log.
 */
export async function learnFromSlice(
  shop: ArrangedShop,
  slice: Slice,
  sliceRules: SliceRules,
  rules: ServingRules,
  options: TrainOptions,
): Promise<Learned> {
  const newest = slice.kind === "time" ? null : newestSlice(shop.input.log, sliceRules);
  const isThorough = options.settings["training.effort"] >= 2;
  const nTuning = isThorough ? THOROUGH_TUNING_QUESTIONS : TUNING_QUESTIONS;
  const { log, attributes } = shop.input;
  const ground = openGround(shop, hideNewcomers(slice, log, attributes, shop.productIds), options);
  const newestGround = newest === null ? null : openGround(shop, newest, options);
  try {
    const tuning = await tuneSignals({
      ...tuningGround(shop, ground, rules, nTuning),
      trend: newestGround === null ? null : tuningGround(shop, newestGround, rules, nTuning),
      fixed: fixedParameters(options.settings),
      isThorough,
      skip: rules.excludesSeen ? new Set<SignalName>(["repeat"]) : new Set(),
      onProgress: (share) => options.onProgress?.({ stage: "choosing parameters", share }),
    });
    const begin = gatesByStrength(tuning.strength, Math.min(nTuning, ground.questions.tuning.length));
    const twin = await twinOf(shop, ground, tuning, begin);
    const { gates, tried } = await learnGates(twin, ground, newestGround, rules, options);
    const judged = await judgeTwin({ ...twin, gates }, ground, rules, options);
    return { parameters: tuning.parameters, gates, tuning, gateTrials: tried, ...judged };
  } finally {
    await Promise.all([ground.fitter.close(), newestGround?.fitter.close()]);
  }
}

/** A part of the log to learn from, and questions about the rest of it. */
interface Ground {
  readonly input: SignalInput;
  readonly fitter: Fitter;
  readonly questions: Readonly<Record<"tuning" | "gates" | "judging" | "returned", readonly HeldOutQuestion[]>>;
}

function openGround(shop: ArrangedShop, slice: Slice, { openFitter = openLocalFitter }: TrainOptions): Ground {
  const { attributes, segments, log } = shop.input;
  const input = inputOf(subsetLog(log, slice.isHidden), attributes, segments, shop.productIds);
  const cases = splitCases(slice.cases, shop.shopperIds);
  const ask = (chosen: readonly HeldOutCase[]) => chosen.map((one) => questionOf(one, log, segments));
  const returned = slice.cases.filter(
    ({ shopper, visible }) => visible.length > 0 && !isJudge(shop.shopperIds[shopper]),
  );
  const questions = {
    tuning: ask(cases.tuning),
    gates: ask(cases.gates.filter(({ visible }) => visible.length > 0)),
    judging: ask(cases.judging),
    returned: ask(returned.slice(0, MAX_RETURNED)),
  };
  return { input, fitter: openFitter(input), questions };
}

function tuningGround(
  shop: ArrangedShop,
  { input, questions, fitter }: Ground,
  rules: ServingRules,
  nQuestions: number,
) {
  const nothing = { shop, input, fitted: NOTHING_FITTED, parameters: new Map(), gates: HAND_GATES };
  return { fitter, input, probe: new Probe(serveTwin(nothing), questions.tuning.slice(0, nQuestions), rules) };
}

const NOTHING_FITTED: FittedSignals = {
  matrices: new Map(),
  histories: new Map(),
  latent: null,
  trend: null,
  categories: [],
  segments: [],
};

/** What an admin has taken out of the training's hands. */
export function fixedParameters(settings: SettingValues): Map<SignalName, Parameters> {
  const halfLifeDays = settings["trending.halfLifeDays"];
  const names = halfLifeDays === 0 ? [] : (["trending", "categoryTrend", "segmentTrend"] as const);
  return new Map(names.map((name) => [name, { halfLifeDays }]));
}

async function twinOf(
  shop: ArrangedShop,
  { input, fitter }: Ground,
  { parameters, fitted }: Pick<Tuning, "parameters" | "fitted">,
  gates: GateParameters,
): Promise<Twin> {
  return { shop, input, fitted: await fitSignals(fitter, parameters, () => {}, fitted), parameters, gates };
}

/**
 * The gates a twin begins with, or what its lists taught instead. Where shoppers who came back give more right answers
 * than the slice does, they say how loud the trend is.
 */
async function learnGates(
  twin: Twin,
  ground: Ground,
  newest: Ground | null,
  rules: ServingRules,
  { backend, onProgress }: TrainOptions,
): Promise<{ readonly gates: GateParameters; readonly tried: readonly unknown[] }> {
  if (backend === null || ground.questions.gates.length === 0) return { gates: twin.gates, tried: [] };
  const gather = (from: Twin, questions: readonly HeldOutQuestion[]) => {
    const served = serveTwin(from);
    const isCounted = served.signals.map((signal) => signal !== null);
    const report = (share: number) => onProgress?.({ stage: "gathering lists", share });
    return gatherGateLists(questions, served, { rules, isCounted, onProgress: report });
  };
  const all = gather(twin, ground.questions.gates);
  onProgress?.({ stage: "learning gates", share: 0 });
  const pays = payingSignals(all, twin.gates.byPlacement.user);
  const prior = twin.gates.byPlacement.user.map((gate, s) => (pays[s] ? gate : 0));
  const fitted = await fitGates(withoutOthers(all, pays), { ...FIT_GATES_DEFAULTS, prior }, backend);
  const returned = newest?.questions.returned ?? [];
  if (newest === null || countAnswers(returned) <= countAnswers(ground.questions.gates)) {
    return { gates: withFittedGates(HAND_GATES, fitted, LEARNED_PLACEMENTS), tried: fitted.tried };
  }
  const newestTwin = await twinOf(twin.shop, newest, { parameters: twin.parameters, fitted: new Map() }, twin.gates);
  const calibrated = calibrateTrend(withoutOthers(gather(newestTwin, returned), pays), fitted, backend);
  const gates = withFittedGates(HAND_GATES, calibrated.gates, LEARNED_PLACEMENTS);
  return { gates, tried: [...fitted.tried, ...calibrated.tried] };
}

/** Right answers: each is one piece of evidence. */
function countAnswers(questions: readonly HeldOutQuestion[]): number {
  return questions.reduce((sum, { targets }) => sum + targets.length, 0);
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
