import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { ServedSignal } from "../serving/servedSignals.js";
import type { Parameters, SignalInput } from "../signals/signal.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import { TREND_PARAMETERS } from "../signals/trendRatio.js";
import { type Attempt, type AttemptContext, attempt, wholeMatrix } from "./attempt.js";
import type { FittedMatrices, Fitter } from "./fitter.js";
import { type Judgement, leadsClearly, type Probe } from "./probe.js";
import { matrixSignal, REPEAT_DEFAULTS, WHOLE_SIGNALS } from "./signalCatalogue.js";
import { type Axis, isReadWhenAnswering, type SignalPlan, TUNING_PLAN } from "./tuningPlan.js";
import { Turns } from "./turns.js";

/** One thing that was tried, as it stands in the model's header. */
export interface Trial {
  readonly signal: SignalName;
  readonly parameter: string;
  readonly value: number;
  /** Mean over the questions asked. */
  readonly ndcg: number;
  /** Fewer than others where the best so far was clearly better. */
  readonly nQuestions: number;
}

export interface Tuning {
  /** Per signal the parameters chosen; a signal the data do not carry is absent. */
  readonly parameters: ReadonlyMap<SignalName, Parameters>;
  /** Whole matrices with these parameters; some keep more neighbours than were asked. */
  readonly fitted: ReadonlyMap<SignalName, SparseMatrix>;
  /** NDCG@20 of each signal alone with them. */
  readonly strength: ReadonlyMap<SignalName, number>;
  readonly trials: readonly Trial[];
}

/** Another value is taken when it is better by this share: less cannot be told from luck. */
const MIN_GAIN = 0.005;

export interface TuneOptions {
  readonly fitter: Fitter;
  readonly input: SignalInput;
  readonly probe: Probe;
  /** What sells next in the whole shop, where times are known: trending is judged by it, having no eye for anybody. */
  readonly trend: { readonly fitter: Fitter; readonly input: SignalInput; readonly probe: Probe } | null;
  /** Values that the admin has fixed. */
  readonly fixed: ReadonlyMap<SignalName, Parameters>;
  /** Signals that are of no use to this shop's lists, such as repeats where none may be listed. */
  readonly skip: ReadonlySet<SignalName>;
  /** Try everything the plan knows, for a tenth more quality at best and twice the time. */
  readonly isThorough: boolean;
  readonly onProgress: (share: number) => void;
}

/**
 * Choose each signal's parameters by how well its own lists answer the held-out questions: coordinate by coordinate, in
 * the order of the plan. Signals that do not begin with what another chose are tuned side by side, so that other threads
 * fit one while another is judged here. Equal data give equal choices.
 */
export async function tuneSignals(options: TuneOptions): Promise<Tuning> {
  const state: TuningState = { options, tuned: new Map(), proposer: null };
  const plans = TUNING_PLAN.filter(({ name }) => !options.skip.has(name));
  fitAhead(plans, state);
  const turns = new Turns(AT_ONCE);
  const ends = new Map<SignalName, Promise<void>>();
  let nEnded = 0;
  for (const plan of plans) {
    const before = buildsOn(plan.name).map((name) => ends.get(name));
    const tune = async () => {
      options.onProgress(nEnded / plans.length);
      state.tuned.set(plan.name, await tuneSignal(plan, state));
      nEnded++;
    };
    ends.set(
      plan.name,
      Promise.all(before).then(() => turns.take(tune)),
    );
  }
  await Promise.all(ends.values());
  return inOrder(plans, state);
}

/** More would keep more matrices on trial in memory and begin nothing sooner. */
const AT_ONCE = 3;

/** Signals that others start from, or answer by, as they were chosen. */
function buildsOn(name: SignalName): readonly SignalName[] {
  if (name === "trending" || name === PROPOSER) return [];
  return name === "sequenceShort" ? [PROPOSER, "sequence"] : [PROPOSER];
}

/** What was chosen, in the order of the plan, whichever signal was ready first. */
function inOrder(plans: readonly SignalPlan[], state: TuningState): Tuning {
  const tuned = plans.map(({ name }) => [name, state.tuned.get(name) as TunedSignal] as const);
  const parameters = new Map(tuned.map(([name, { parameters }]) => [name, parameters]));
  // Signals without questions of their own keep their defaults.
  for (const name of SIGNAL_NAMES) {
    if (!state.options.skip.has(name) && !parameters.has(name)) parameters.set(name, startOf(name, state));
  }
  return {
    parameters,
    fitted: new Map(tuned.flatMap(([name, { whole }]) => (whole === null ? [] : [[name, whole]]))),
    strength: new Map(tuned.flatMap(([name, { strength }]) => (strength === null ? [] : [[name, strength]]))),
    trials: tuned.flatMap(([, { trials }]) => trials),
  };
}

/** What will be tried whatever is chosen before: fitted while other threads would wait for the judge. */
function fitAhead(plans: readonly SignalPlan[], state: TuningState): void {
  for (const { name, axes } of plans) {
    if (name !== "session" && name !== "neighbours" && name !== "latent") continue;
    const start = startOf(name, state);
    const [axis] = axes;
    const isFitted =
      !isReadWhenAnswering(name, axis.parameter) && !(axis.parameter in (state.options.fixed.get(name) ?? {}));
    const values = isFitted ? [start[axis.parameter], ...axis.values] : [start[axis.parameter]];
    for (const value of values) {
      // One that fails is heard of when it is its turn.
      state.options.fitter.fitWhole(name, { ...start, [axis.parameter]: value }, true).catch(() => {});
    }
  }
}

interface TuneContext extends AttemptContext {
  readonly probe: Probe;
  readonly trials: Trial[];
}

interface TuningState {
  readonly options: TuneOptions;
  readonly tuned: Map<SignalName, TunedSignal>;
  /** The signal whose best products others put in order. */
  proposer: ServedSignal | null;
}

interface TunedSignal {
  readonly parameters: Parameters;
  /** Null where the data do not carry it, or it has no lists of its own. */
  readonly strength: number | null;
  readonly whole: SparseMatrix | null;
  readonly trials: readonly Trial[];
}

const PROPOSER: SignalName = "collaborative";

async function tuneSignal({ name, axes, coarse }: SignalPlan, state: TuningState): Promise<TunedSignal> {
  const { fitter, input, probe } = (name === "trending" ? state.options.trend : null) ?? state.options;
  const context: TuneContext = {
    fitter,
    input,
    probe,
    fitted: fittedBefore(state),
    rows: rowsAsked(probe, input),
    trials: [],
  };
  const { trials } = context;
  let start = startOf(name, state);
  if (coarse !== undefined) {
    const chosen = await climb(name, { ...start, ...coarse.parameters }, coarse.axes, state, context);
    const kept = Object.keys(coarse.parameters).map((key) => [key, start[key]]);
    start = { ...start, ...chosen?.attempt.parameters, ...Object.fromEntries(kept) };
  }
  const chosen = await climb(name, start, axes, state, context);
  // What was held out may be all that carries the signal: whether it is fitted is for the whole log to say.
  if (chosen === null) return { parameters: start, strength: null, whole: null, trials };
  const { served, parameters } = chosen.attempt;
  if (name === PROPOSER) state.proposer = served;
  // Who puts in order what another proposes is not as good as the list.
  const strength = served.kind === "latent" ? null : chosen.judgement.ndcg;
  return { parameters, strength, whole: await wholeMatrix(name, chosen.attempt, context), trials };
}

/** Whole matrices of the signals that are tuned already. */
function fittedBefore({ tuned }: TuningState): FittedMatrices {
  return new Map([...tuned].flatMap(([name, { whole }]) => (whole === null ? [] : [[name, whole]])));
}

/** Where questions know at most this share of the products, only these products' rows are fitted to be tried. */
const FEW_ROWS = 0.5;

function rowsAsked(probe: Probe, { choices }: SignalInput): Int32Array | null {
  const rows = probe.productsAsked();
  const nChosen = choices.popularity.reduce((n, nShoppers) => n + (nShoppers > 0 ? 1 : 0), 0);
  return rows.length > FEW_ROWS * nChosen ? null : rows;
}

interface Judged {
  readonly attempt: Attempt;
  readonly judgement: Judgement;
}

/** The best found from `start`, one axis after the other; null where the data do not carry the signal. */
async function climb(
  name: SignalName,
  start: Parameters,
  axes: readonly Axis[],
  state: TuningState,
  context: TuneContext,
): Promise<Judged | null> {
  const first = await attempt(name, start, null, context);
  if (first === null) return null;
  let best: Judged = { attempt: first, judgement: judge(first, null, context, state) };
  const fixed = state.options.fixed.get(name) ?? {};
  for (const axis of axes) {
    if (axis.parameter in fixed) continue;
    if (axis.parameter === "trendHalfLifeDays" && best.attempt.parameters.trendExponent === 0) continue;
    best = await tryAxis(name, axis, best, state, context);
  }
  return best;
}

/** The best value of one parameter: the present one where none beats it clearly. */
async function tryAxis(
  name: SignalName,
  { parameter, values, thorough = [], isCautious = false }: Axis,
  present: Judged,
  state: TuningState,
  context: TuneContext,
): Promise<Judged> {
  const { parameters } = present.attempt;
  const asked = state.options.isThorough ? [...values, ...thorough] : values;
  const others = asked.filter((value) => value !== parameters[parameter]);
  // All are begun at once, so that other threads fit the next while this one judges.
  const attempts = others.map((value) =>
    attempt(name, { ...parameters, [parameter]: value }, present.attempt, context),
  );
  // One that fails while another is judged is heard of when it is its turn.
  for (const begun of attempts) begun.catch(() => {});
  let best = present;
  for (let v = 0; v < others.length; v++) {
    const candidate = await attempts[v];
    if (candidate === null) continue;
    const judgement = judge(candidate, best.judgement, context, state);
    const nQuestions = judgement.perQuestion.length;
    context.trials.push({ signal: name, parameter, value: others[v], ndcg: judgement.ndcg, nQuestions });
    if (nQuestions < best.judgement.perQuestion.length || judgement.ndcg <= best.judgement.ndcg * (1 + MIN_GAIN))
      continue;
    if (isCautious && !leadsClearly(judgement, present.judgement)) continue;
    best = { attempt: candidate, judgement };
  }
  return best;
}

export function defaultsOf(name: SignalName): Parameters {
  if (name === "repeat") return REPEAT_DEFAULTS;
  if (name in WHOLE_SIGNALS) return WHOLE_SIGNALS[name as keyof typeof WHOLE_SIGNALS].defaults;
  return matrixSignal(name).defaults;
}

/** Signals that look at a history as the collaborative one does start from its horizon, too. */
const LIKE_COLLABORATIVE: ReadonlySet<SignalName> = new Set<SignalName>([
  "regression",
  "basket",
  "neighbours",
  "inherited",
]);

/** The defaults, leaning on the trend and looking back as signals before were found to, under what the admin fixed. */
function startOf(name: SignalName, { tuned, options }: TuningState): Parameters {
  const chosen = (before: SignalName) => tuned.get(before)?.parameters;
  const start: Record<string, number> = { ...defaultsOf(name) };
  const take = (from: Parameters | undefined, keys: readonly string[]) => {
    for (const key of keys) if (from?.[key] !== undefined && start[key] !== undefined) start[key] = from[key];
  };
  take(chosen("collaborative"), TREND_PARAMETERS);
  if (LIKE_COLLABORATIVE.has(name)) take(chosen("collaborative"), ["horizon"]);
  if (name === "sequenceShort") take(chosen("sequence"), ["reversed", "sourceDamping", "targetDamping"]);
  if (name === "categoryTrend" || name === "segmentTrend") {
    take(chosen("trending"), ["halfLifeDays", "weightPower"]);
  }
  return { ...start, ...options.fixed.get(name) };
}

function judge(
  { served, parameters: { horizon = 0, weightPower } }: Attempt,
  rival: Judgement | null,
  { probe }: TuneContext,
  { tuned, proposer }: TuningState,
): Judgement {
  // The shop's shoppers mean by their actions what the collaborative signal found them to mean.
  const ofShop = tuned.get("collaborative")?.parameters.weightPower ?? weightPower ?? 1;
  const view = served.kind === "prior" ? { horizon: 0, weightPower: 1 } : { horizon, weightPower: ofShop };
  return probe.judge(served, { view, rival, minGain: MIN_GAIN, proposer });
}
