import type { SignalName } from "../domain/setting.js";
import { byRank, preparePrior, type ServedSignal } from "../serving/servedSignals.js";
import { packMatrix } from "../signals/packedMatrix.js";
import { rescale } from "../signals/rescale.js";
import type { Parameters, SignalInput } from "../signals/signal.js";
import { keepRows, type SparseMatrix } from "../signals/sparseMatrix.js";
import type { FittedMatrices, Fitter } from "./fitter.js";
import { MATRIX_SIGNALS, matrixSignal } from "./signalCatalogue.js";
import { isReadWhenAnswering } from "./tuningPlan.js";

/** A signal under some parameters, ready to be judged. */
export interface Attempt {
  readonly parameters: Parameters;
  readonly served: ServedSignal;
  /** What was really fitted, and under which parameters: others that only scale it start from here. */
  readonly base: Base | null;
}

interface Base {
  readonly parameters: Parameters;
  readonly matrix: SparseMatrix;
  /** With every row, where all had to be fitted; null where only those that are asked for were. */
  readonly whole: SparseMatrix | null;
}

export interface AttemptContext {
  readonly fitter: Fitter;
  readonly input: SignalInput;
  readonly fitted: FittedMatrices;
  /** Products that the questions' shoppers know, ascending: no other row is looked at. Null where it is most of them. */
  readonly rows: Int32Array | null;
}

/** So many more neighbours are fitted where another trend may choose among them. */
const WIDER = 2;

/**
 * A signal under `parameters`, from `last` where the change allows it: nothing is fitted for what is read when
 * answering, and a matrix is only scaled where the parameters only scale. Null where the data do not carry the signal.
 */
export async function attempt(
  name: SignalName,
  parameters: Parameters,
  last: Attempt | null,
  context: AttemptContext,
): Promise<Attempt | null> {
  const changed =
    last === null ? null : Object.keys(parameters).filter((key) => parameters[key] !== last.parameters[key]);
  if (last !== null && changed?.every((key) => isReadWhenAnswering(name, key))) {
    const { served } = last;
    return { ...last, parameters, served: served.kind === "histories" ? { ...served, parameters } : served };
  }
  if (MATRIX_SIGNALS.some((signal) => signal.name === name)) return attemptMatrix(name, parameters, last, context);
  const served = await fitWhole(name, parameters, context);
  return served === null ? null : { parameters, served, base: null };
}

async function attemptMatrix(
  name: SignalName,
  parameters: Parameters,
  last: Attempt | null,
  context: AttemptContext,
): Promise<Attempt | null> {
  const { scaled } = matrixSignal(name);
  const needsNothing = (key: string) => scaled.includes(key) || isReadWhenAnswering(name, key);
  let base = last?.base ?? null;
  const from = base?.parameters;
  if (
    base === null ||
    !Object.keys(parameters).every((key) => needsNothing(key) || from?.[key] === baseOf(name, parameters)[key])
  ) {
    base = await fitBase(name, baseOf(name, parameters), context);
    if (base === null) return null;
  }
  const matrix = scaledTo(name, parameters, base.parameters, base.matrix, context);
  return { parameters, served: { kind: "rows", packed: packMatrix(matrix), horizon: 0 }, base };
}

async function fitBase(
  name: SignalName,
  parameters: Parameters,
  { fitter, fitted, rows }: AttemptContext,
): Promise<Base | null> {
  if (rows !== null && matrixSignal(name).needsAllRows !== true) {
    const matrix = await fitter.fitMatrix(name, parameters, fitted, rows);
    return matrix === null ? null : { parameters, matrix, whole: null };
  }
  const whole = await fitter.fitMatrix(name, parameters, fitted);
  return whole === null ? null : { parameters, matrix: rows === null ? whole : keepRows(whole, rows), whole };
}

function scaledTo(
  name: SignalName,
  parameters: Parameters,
  from: Parameters,
  matrix: SparseMatrix,
  { input }: AttemptContext,
): SparseMatrix {
  const { scaled, scaling } = matrixSignal(name);
  const differs = scaled.some((key) => from[key] !== parameters[key]);
  return differs ? rescale(matrix, scaling(input, from, parameters)) : matrix;
}

/**
 * The matrix of an attempt with every row and, where that was fitted wider, more neighbours than asked for: what is held
 * out makes rows thinner than those that will be served, and gates learned from thin rows trust them too little (gowalla:
 * NDCG@20 .149 against .154).
 */
export async function wholeMatrix(
  name: SignalName,
  { parameters, base }: Attempt,
  context: AttemptContext,
): Promise<SparseMatrix | null> {
  if (base === null) return null;
  const whole = base.whole ?? (await context.fitter.fitMatrix(name, base.parameters, context.fitted));
  return whole === null ? null : scaledTo(name, parameters, base.parameters, whole, context);
}

/** Fitted without the trend and wider than asked for, so that any trend can be laid over it. */
function baseOf(name: SignalName, parameters: Parameters): Parameters {
  if (!matrixSignal(name).scaled.includes("trendExponent")) return parameters;
  const isCutByRow = name === "collaborative" || name === "basket";
  return { ...parameters, trendExponent: 0, k: isCutByRow ? WIDER * parameters.k : parameters.k };
}

async function fitWhole(
  name: SignalName,
  parameters: Parameters,
  { fitter, input }: AttemptContext,
): Promise<ServedSignal | null> {
  if (name === "repeat") return { kind: "identity", horizon: 0 };
  if (name === "trending") {
    const trend = await fitter.fitWhole("trending", parameters);
    return trend === null ? null : preparePrior(trend, byRank(input.tieRank));
  }
  if (name === "latent") {
    const space = await fitter.fitWhole("latent", parameters);
    return space === null ? null : { kind: "latent", space, horizon: 0 };
  }
  if (name !== "session" && name !== "neighbours") return null;
  const index = await fitter.fitWhole(name, parameters);
  return index === null ? null : { kind: "histories", index, parameters, horizon: 0 };
}
