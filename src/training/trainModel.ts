import { interactionWeight } from "../domain/interactionWeight.js";
import type { Product, StoredProduct } from "../domain/product.js";
import { type SettingValues, SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { Model, TrainingFacts } from "../model/model.js";
import type { TensorBackend } from "../scorer/backend.js";
import { FIT_GATES_DEFAULTS, fitGates, withFittedGates } from "../scorer/fitGates.js";
import { type GateParameters, HAND_GATES } from "../scorer/gates.js";
import { createReferenceScorer } from "../scorer/reference.js";
import { prepareServedModel, type ServedModel } from "../serving/servedModel.js";
import { type ServingRules, servingRules } from "../serving/servingRules.js";
import { distinctChoices, type InteractionLog } from "../signals/interactionLog.js";
import type { Parameters, SignalInput } from "../signals/signal.js";
import { rankForTies } from "../signals/tieRank.js";
import { arrangeLog } from "./arrangeLog.js";
import { calibrateTrend } from "./calibrateTrend.js";
import { type FittedSignals, fitSignals } from "./fitSignals.js";
import type { Fitter, OpenFitter } from "./fitter.js";
import { gatherGateLists } from "./gateLists.js";
import { gatesByStrength, LEARNED_PLACEMENTS } from "./gatesByStrength.js";
import { type HeldOutQuestion, questionOf } from "./heldOut.js";
import type { InteractionTable } from "./interactionTable.js";
import { openLocalFitter } from "./localFitter.js";
import { Probe } from "./probe.js";
import { productContext } from "./productContext.js";
import { chooseSlice, newestSlice } from "./slice/chooseSlice.js";
import type { Slice, SliceRules } from "./slice/slice.js";
import { subsetLog } from "./subsetLog.js";
import { defaultsOf, type Tuning, tuneSignals } from "./tune.js";

export interface TrainingData {
  readonly table: InteractionTable;
  readonly products: readonly Product[];
  /** Segments by shopper id. */
  readonly segments: ReadonlyMap<string, readonly string[]>;
}

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
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/** Most held-out questions that parameters are chosen by, and that gates are learned from. */
const TUNING_QUESTIONS = 1000;
const GATE_QUESTIONS = 8000;
/** With fewer shoppers who came back nothing can be said of how loud the trend should be. */
const LEAST_CALIBRATION_QUESTIONS = 50;

/**
 * Learn a model from a shop's products and interactions: hold out a slice, choose every signal's parameters and the
 * gates by it, then fit the signals once more to everything. Equal data, settings and backend give an equal model,
 * whatever the order in which the data came and however many threads fitted it.
 *
 * @throws RecommenderError NOT_FINITE naming the stage in which a number stopped being finite
 */
export async function trainModel(data: TrainingData, options: TrainOptions): Promise<Model> {
  const { settings, openFitter = openLocalFitter } = options;
  const progress = (stage: string) => (share: number) => options.onProgress?.({ stage, share });
  progress("arranging interactions")(0);
  const shop = arrangeShop(data, settings);
  const rules = servingRules({ ...settings, ...ALL_WEIGHTS_ONE });
  const { excludesPurchased, excludesSeen } = rules;
  const sliceRules: SliceRules = { excludesPurchased, excludesSeen, maxCases: GATE_QUESTIONS };
  const slice = chooseSlice(shop.input.log, sliceRules);
  const learned = slice === null ? untuned(shop.input) : await learnFromSlice(shop, slice, rules, sliceRules, options);
  const fitter = openFitter(shop.input);
  try {
    const fitted = await fitSignals(fitter, learned.parameters, (stage) => progress(stage)(0));
    return assemble(shop, shop.input, fitted, learned.gates, factsOf(shop.input.log, fitted, learned, slice));
  } finally {
    await fitter.close();
  }
}

/** The shop as training sees it: products and shoppers numbered in the order of their ids. */
interface ArrangedShop {
  readonly productIds: readonly string[];
  readonly stored: readonly StoredProduct[];
  readonly input: SignalInput;
}

interface Learned {
  readonly parameters: ReadonlyMap<SignalName, Parameters>;
  readonly gates: GateParameters;
  readonly tuning: Tuning | null;
  readonly gateTrials: readonly unknown[];
}

/** The admin's weights act on lists, not on what is learned. */
const ALL_WEIGHTS_ONE = Object.fromEntries(SIGNAL_NAMES.map((name) => [`weight.${name}`, 1])) as Partial<SettingValues>;

function arrangeShop({ table, products, segments }: TrainingData, settings: SettingValues): ArrangedShop {
  const byId = new Map(products.map((product) => [product.productId, product]));
  const isStub = products.length > 0;
  for (const productId of table.products.texts)
    if (!byId.has(productId)) byId.set(productId, unknownProduct(productId));
  const known = new Set(products.map((product) => product.productId));
  const productIds = [...byId.keys()].sort();
  const log = arrangeLog(table, productIds, interactionWeight(settings));
  const attributes = productIds.map((productId) => byId.get(productId) as Product);
  const stored = attributes.map((product, productNo) => ({
    ...product,
    productNo,
    isStub: isStub && !known.has(product.productId),
    isDeleted: false,
    addedAtMs: 0,
  }));
  const shopperIds = [...table.shoppers.texts].sort();
  const segmentsByShopper = shopperIds.map((shopperId) => segments.get(shopperId) ?? []);
  return { productIds, stored, input: inputOf(log, attributes, segmentsByShopper, productIds) };
}

function inputOf(
  log: InteractionLog,
  attributes: SignalInput["attributes"],
  segments: SignalInput["segments"],
  productIds: readonly string[],
): SignalInput {
  const choices = distinctChoices(log);
  return { log, choices, attributes, segments, tieRank: rankForTies(productIds, choices.popularity) };
}

/** Too little to hold anything out: every signal with its defaults, gates by hand. */
function untuned({ log }: SignalInput): Learned {
  const parameters = new Map(SIGNAL_NAMES.map((name) => [name, defaultsOf(name)]));
  if (log.product.length === 0) parameters.delete("repeat");
  return { parameters, gates: HAND_GATES, tuning: null, gateTrials: [] };
}

/** A part of the log to learn from, and questions about the rest of it. */
interface Ground {
  readonly input: SignalInput;
  readonly questions: readonly HeldOutQuestion[];
  readonly fitter: Fitter;
}

function openGround(shop: ArrangedShop, slice: Slice, { openFitter = openLocalFitter }: TrainOptions): Ground {
  const { attributes, segments, log } = shop.input;
  const input = inputOf(subsetLog(log, slice.isHidden), attributes, segments, shop.productIds);
  return { input, questions: slice.cases.map((one) => questionOf(one, log, segments)), fitter: openFitter(input) };
}

async function learnFromSlice(
  shop: ArrangedShop,
  slice: Slice,
  rules: ServingRules,
  sliceRules: SliceRules,
  options: TrainOptions,
): Promise<Learned> {
  const newest = slice.kind === "time" ? null : newestSlice(shop.input.log, sliceRules);
  const ground = openGround(shop, slice, options);
  const newestGround = newest === null ? null : openGround(shop, newest, options);
  try {
    return await learn(shop, ground, newestGround, rules, options);
  } finally {
    await Promise.all([ground.fitter.close(), newestGround?.fitter.close()]);
  }
}

async function learn(
  shop: ArrangedShop,
  ground: Ground,
  newest: Ground | null,
  rules: ServingRules,
  { settings, backend, onProgress }: TrainOptions,
): Promise<Learned> {
  const tuning = await tuneSignals({
    ...tuningGround(shop, ground, rules),
    trend: newest === null ? null : tuningGround(shop, newest, rules),
    fixed: fixedParameters(settings),
    skip: rules.excludesSeen ? new Set<SignalName>(["repeat"]) : new Set(),
    onProgress: (share) => onProgress?.({ stage: "choosing parameters", share }),
  });
  const begin = gatesByStrength(tuning.strength);
  const answer = async ({ fitter, input }: Ground) =>
    serve(shop, input, await fitSignals(fitter, tuning.parameters, () => {}), tuning.parameters, begin);
  if (backend === null) return { parameters: tuning.parameters, gates: begin, tuning, gateTrials: [] };
  const gather = (twin: ServedModel, { questions }: Ground) =>
    gatherGateLists(questions, twin, rules, (share) => onProgress?.({ stage: "gathering lists", share }));
  const lists = gather(await answer(ground), ground);
  onProgress?.({ stage: "learning gates", share: 0 });
  const prior = begin.byPlacement.user;
  const fitted = await fitGates(lists, { ...FIT_GATES_DEFAULTS, prior }, backend);
  const warm = newest === null ? null : { ...newest, questions: newest.questions.filter(isWarm) };
  const calibration =
    warm === null || warm.questions.length < LEAST_CALIBRATION_QUESTIONS
      ? null
      : calibrateTrend(gather(await answer(warm), warm), fitted, backend);
  const gates = withFittedGates(HAND_GATES, calibration?.gates ?? fitted, LEARNED_PLACEMENTS);
  return { parameters: tuning.parameters, gates, tuning, gateTrials: [...fitted.tried, ...(calibration?.tried ?? [])] };
}

function isWarm({ history }: HeldOutQuestion): boolean {
  return history.productNo.length > 0;
}

function tuningGround(shop: ArrangedShop, { input, questions, fitter }: Ground, rules: ServingRules) {
  const nothing = serve(shop, input, NO_SIGNALS, new Map(), HAND_GATES);
  return { fitter, input, probe: new Probe(nothing, questions.slice(0, TUNING_QUESTIONS), rules) };
}

const NO_SIGNALS: FittedSignals = {
  matrices: new Map(),
  histories: new Map(),
  latent: null,
  trend: null,
  categories: [],
  segments: [],
};

/** What an admin has taken out of the training's hands. */
function fixedParameters(settings: SettingValues): Map<SignalName, Parameters> {
  const halfLifeDays = settings["trending.halfLifeDays"];
  return halfLifeDays === 0 ? new Map() : new Map([["trending", { halfLifeDays }]]);
}

function serve(
  shop: ArrangedShop,
  input: SignalInput,
  fitted: FittedSignals,
  parameters: ReadonlyMap<SignalName, Parameters>,
  gates: GateParameters,
): ServedModel {
  const facts: TrainingFacts = { ...EMPTY_FACTS, signals: Object.fromEntries(parameters) };
  const model = assemble(shop, input, fitted, gates, facts);
  return prepareServedModel(model, null, shop.stored, createReferenceScorer(gates));
}

function assemble(
  { productIds }: ArrangedShop,
  input: SignalInput,
  fitted: FittedSignals,
  gates: GateParameters,
  facts: TrainingFacts,
): Model {
  return {
    productIds,
    popularity: input.choices.popularity,
    ...fitted,
    context: productContext(input),
    gates,
    facts,
  };
}

const EMPTY_FACTS: TrainingFacts = {
  nInteractions: 0,
  nShoppers: 0,
  nProducts: 0,
  nBaskets: 0,
  newestInteraction: null,
  signals: {},
  slice: null,
  trials: [],
  gateTrials: [],
};

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

function isCarried(name: SignalName, fitted: FittedSignals): boolean {
  if (name === "repeat") return true;
  if (name === "trending") return fitted.trend !== null;
  if (name === "latent") return fitted.latent !== null;
  return fitted.matrices.has(name) || fitted.histories.has(name);
}

function unknownProduct(productId: string): Product {
  return {
    productId,
    name: null,
    category: null,
    tags: [],
    price: null,
    description: null,
    brand: null,
    imageUrl: null,
    isAvailable: true,
  };
}
