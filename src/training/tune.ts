import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { ServedSignal } from "../serving/servedSignals.js";
import { preparePrior } from "../serving/servedSignals.js";
import type { Parameters } from "../signals/signal.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import type { FittedMatrices, Fitter } from "./fitter.js";
import type { Probe } from "./probe.js";
import { MATRIX_SIGNALS, matrixSignal, REPEAT_DEFAULTS, WHOLE_SIGNALS } from "./signalCatalogue.js";
import { needsFit, TUNING_PLAN } from "./tuningPlan.js";

/** One thing that was tried, as it stands in the model's header. */
export interface Trial {
  readonly signal: SignalName;
  readonly parameter: string;
  readonly value: number;
  readonly ndcg: number;
}

export interface Tuning {
  /** Per signal the parameters chosen; where the slice does not carry a signal, those it starts from. */
  readonly parameters: ReadonlyMap<SignalName, Parameters>;
  /** NDCG@20 of each signal alone with them. */
  readonly strength: ReadonlyMap<SignalName, number>;
  readonly trials: readonly Trial[];
}

/** Another value is taken when it is better by this share: less cannot be told from luck. */
const MIN_GAIN = 0.005;

export interface TuneOptions {
  readonly fitter: Fitter;
  readonly probe: Probe;
  readonly tieRank: Int32Array;
  /** Signals that are of no use to this shop's lists, such as repeats where none may be listed. */
  readonly skip: ReadonlySet<SignalName>;
  readonly onProgress: (share: number) => void;
}

/**
 * Choose each signal's parameters by how well its own lists answer the held-out questions: coordinate by coordinate, in
 * the order of the plan. What was fitted on the way is let go; equal data give equal choices.
 */
export async function tuneSignals(options: TuneOptions): Promise<Tuning> {
  const state: TuningState = { options, parameters: new Map(), strength: new Map(), trials: [], fitted: new Map() };
  for (let p = 0; p < TUNING_PLAN.length; p++) {
    options.onProgress(p / TUNING_PLAN.length);
    const { name, axes } = TUNING_PLAN[p];
    if (options.skip.has(name)) continue;
    let chosen: Parameters = startOf(name, state);
    let served = await fitServed(name, chosen, state);
    if (served === null) {
      // The whole log may carry what the slice does not: a shopper's last order, held out, is often the only one.
      state.parameters.set(name, chosen);
      continue;
    }
    let best = judge(name, served, chosen, state);
    for (const { parameter, values } of axes) {
      const base = chosen;
      if (parameter === "trendHalfLifeDays" && base.trendExponent === 0) continue;
      const tried = values.filter((value) => value !== base[parameter]);
      const fits = await Promise.all(
        tried.map((value) => {
          const parameters = { ...base, [parameter]: value };
          return needsFit(name, parameter)
            ? fitServed(name, parameters, state)
            : withAnswerParameters(served, parameters);
        }),
      );
      for (let v = 0; v < tried.length; v++) {
        const candidate = fits[v];
        if (candidate === null) continue;
        const parameters = { ...base, [parameter]: tried[v] };
        const ndcg = judge(name, candidate, parameters, state);
        state.trials.push({ signal: name, parameter, value: tried[v], ndcg });
        if (ndcg <= best * (1 + MIN_GAIN)) continue;
        best = ndcg;
        chosen = parameters;
        served = candidate;
      }
    }
    state.parameters.set(name, chosen);
    state.strength.set(name, best);
    if (served.kind === "rows") state.fitted.set(name, served.matrix);
  }
  // Signals without questions of their own keep their defaults.
  for (const name of SIGNAL_NAMES) {
    if (options.skip.has(name) || state.parameters.has(name)) continue;
    if (TUNING_PLAN.some((plan) => plan.name === name)) continue;
    state.parameters.set(name, defaultsOf(name));
  }
  return state;
}

interface TuningState {
  readonly options: TuneOptions;
  readonly parameters: Map<SignalName, Parameters>;
  readonly strength: Map<SignalName, number>;
  readonly trials: Trial[];
  readonly fitted: Map<SignalName, SparseMatrix>;
}

export function defaultsOf(name: SignalName): Parameters {
  if (name === "repeat") return REPEAT_DEFAULTS;
  if (name in WHOLE_SIGNALS) return WHOLE_SIGNALS[name as keyof typeof WHOLE_SIGNALS].defaults;
  return matrixSignal(name).defaults;
}

/** The defaults, leaning on the trend as the collaborative signal was found to. */
function startOf(name: SignalName, { parameters }: TuningState): Parameters {
  const defaults = defaultsOf(name);
  const guide = parameters.get("collaborative");
  if (guide === undefined || defaults.trendExponent === undefined) return defaults;
  return { ...defaults, trendExponent: guide.trendExponent, trendHalfLifeDays: guide.trendHalfLifeDays };
}

async function fitServed(name: SignalName, parameters: Parameters, state: TuningState): Promise<ServedSignal | null> {
  const { fitter, tieRank } = state.options;
  const horizon = 0;
  if (name === "repeat") return { kind: "identity", horizon };
  if (name === "trending") {
    const trend = await fitter.fitWhole("trending", parameters);
    return trend === null ? null : preparePrior(trend, tieRank);
  }
  if (name === "session" || name === "neighbours") {
    const index = await fitter.fitWhole(name, parameters);
    return index === null ? null : { kind: "histories", index, parameters, horizon };
  }
  if (name === "categoryTrend" || name === "segmentTrend" || name === "latent") return null;
  const fitted: FittedMatrices = state.fitted;
  const matrix = MATRIX_SIGNALS.some((signal) => signal.name === name)
    ? await fitter.fitMatrix(name, parameters, fitted)
    : null;
  return matrix === null ? null : { kind: "rows", matrix, horizon };
}

function withAnswerParameters(served: ServedSignal | null, parameters: Parameters): ServedSignal | null {
  return served?.kind === "histories" ? { ...served, parameters } : served;
}

function judge(name: SignalName, served: ServedSignal, parameters: Parameters, { options }: TuningState): number {
  return options.probe.judge(served, name === "trending" ? 0 : (parameters.horizon ?? 0));
}
