import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { Parameters, SignalInput } from "../signals/signal.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import { TREND_PARAMETERS } from "../signals/trendRatio.js";
import { type Attempt, type AttemptContext, attempt } from "./attempt.js";
import type { Fitter } from "./fitter.js";
import type { Probe } from "./probe.js";
import { matrixSignal, REPEAT_DEFAULTS, WHOLE_SIGNALS } from "./signalCatalogue.js";
import { type Axis, type SignalPlan, TUNING_PLAN } from "./tuningPlan.js";

/** One thing that was tried, as it stands in the model's header. */
export interface Trial {
  readonly signal: SignalName;
  readonly parameter: string;
  readonly value: number;
  readonly ndcg: number;
}

export interface Tuning {
  /** Per signal the parameters chosen; a signal the data do not carry is absent. */
  readonly parameters: ReadonlyMap<SignalName, Parameters>;
  /** Matrices with these parameters that were fitted or scaled on the way; some keep more neighbours than were asked. */
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
 * the order of the plan. Equal data give equal choices.
 */
export async function tuneSignals(options: TuneOptions): Promise<Tuning> {
  const state: TuningState = {
    options,
    parameters: new Map(),
    strength: new Map(),
    trials: [],
    fitted: new Map(),
  };
  for (let p = 0; p < TUNING_PLAN.length; p++) {
    options.onProgress(p / TUNING_PLAN.length);
    if (!options.skip.has(TUNING_PLAN[p].name)) await tuneSignal(TUNING_PLAN[p], state);
  }
  // Signals without questions of their own keep their defaults.
  for (const name of SIGNAL_NAMES) {
    if (options.skip.has(name) || TUNING_PLAN.some((plan) => plan.name === name)) continue;
    state.parameters.set(name, startOf(name, state));
  }
  return state;
}

interface TuneContext extends AttemptContext {
  readonly probe: Probe;
}

interface TuningState {
  readonly options: TuneOptions;
  readonly parameters: Map<SignalName, Parameters>;
  readonly strength: Map<SignalName, number>;
  readonly trials: Trial[];
  readonly fitted: Map<SignalName, SparseMatrix>;
}

async function tuneSignal({ name, axes }: SignalPlan, state: TuningState): Promise<void> {
  const { fitter, input, probe } = (name === "trending" ? state.options.trend : null) ?? state.options;
  const context: TuneContext = { fitter, input, probe, fitted: state.fitted };
  const start = startOf(name, state);
  let chosen = await attempt(name, start, null, context);
  if (chosen === null) {
    // What was held out may be all that carries the signal: whether it is fitted is for the whole log to say.
    state.parameters.set(name, start);
    return;
  }
  let best = judge(chosen, context);
  const fixed = state.options.fixed.get(name) ?? {};
  for (const axis of axes) {
    if (axis.parameter in fixed) continue;
    if (axis.parameter === "trendHalfLifeDays" && chosen.parameters.trendExponent === 0) continue;
    const better = await tryAxis(name, axis, chosen, best, state, context);
    if (better === null) continue;
    chosen = better.attempt;
    best = better.ndcg;
  }
  state.parameters.set(name, chosen.parameters);
  state.strength.set(name, best);
  if (chosen.base === null || chosen.served.kind !== "rows") return;
  state.fitted.set(name, chosen.served.matrix);
}

/** The best value of one parameter, or null where none beats the present one clearly. */
async function tryAxis(
  name: SignalName,
  { parameter, values, thorough = [], coarse = {} }: Axis,
  present: Attempt,
  presentNdcg: number,
  state: TuningState,
  context: TuneContext,
): Promise<{ attempt: Attempt; ndcg: number } | null> {
  const isCoarse = Object.keys(coarse).length > 0;
  const from = isCoarse ? await attempt(name, { ...present.parameters, ...coarse }, null, context) : present;
  if (from === null) return null;
  let best = isCoarse ? judge(from, context) : presentNdcg;
  let found: Attempt | null = null;
  const asked = state.options.isThorough ? [...values, ...thorough] : values;
  const others = asked.filter((value) => value !== present.parameters[parameter]);
  // All are begun at once, so that other threads fit the next while this one judges.
  const attempts = others.map((value) => attempt(name, { ...from.parameters, [parameter]: value }, from, context));
  for (let v = 0; v < others.length; v++) {
    const candidate = await attempts[v];
    if (candidate === null) continue;
    const ndcg = judge(candidate, context);
    state.trials.push({ signal: name, parameter, value: others[v], ndcg });
    if (ndcg <= best * (1 + MIN_GAIN)) continue;
    best = ndcg;
    found = candidate;
  }
  if (found === null || !isCoarse) return found === null ? null : { attempt: found, ndcg: best };
  const parameters = { ...present.parameters, [parameter]: found.parameters[parameter] };
  const fine = await attempt(name, parameters, null, context);
  return fine === null ? null : { attempt: fine, ndcg: judge(fine, context) };
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
function startOf(name: SignalName, { parameters, options }: TuningState): Parameters {
  const start: Record<string, number> = { ...defaultsOf(name) };
  const take = (from: Parameters | undefined, keys: readonly string[]) => {
    for (const key of keys) if (from?.[key] !== undefined && start[key] !== undefined) start[key] = from[key];
  };
  take(parameters.get("collaborative"), TREND_PARAMETERS);
  if (LIKE_COLLABORATIVE.has(name)) take(parameters.get("collaborative"), ["horizon"]);
  if (name === "sequenceShort") take(parameters.get("sequence"), ["reversed", "sourceDamping", "targetDamping"]);
  if (name === "categoryTrend" || name === "segmentTrend")
    take(parameters.get("trending"), ["halfLifeDays", "weightPower"]);
  return { ...start, ...options.fixed.get(name) };
}

function judge({ served, parameters }: Attempt, { probe }: TuneContext): number {
  return probe.judge(served, served.kind === "prior" ? 0 : (parameters.horizon ?? 0));
}
