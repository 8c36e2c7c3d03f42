import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import type { Model } from "../model/model.js";
import type { HistoryIndex } from "../signals/historyIndex.js";
import type { LatentSpace } from "../signals/latentSpace.js";
import { type PackedMatrix, packTogether } from "../signals/packedMatrix.js";
import type { Parameters } from "../signals/signal.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import type { LateProducts } from "./lateProducts.js";
import type { LateRows } from "./lateRows.js";
import { SCALE_SIZE, scaledAnswer } from "./scale.js";

/** One signal of a model, made ready to answer. `horizon` is a position in the model's list of horizons. */
export type ServedSignal =
  | {
      readonly kind: "rows";
      readonly packed: PackedMatrix;
      readonly horizon: number;
      /** What products that came after training add; only signals that know them by their description have it. */
      readonly late?: LateRows;
    }
  | { readonly kind: "categoryRows"; readonly matrix: SparseMatrix; readonly horizon: number }
  | { readonly kind: "segmentRows"; readonly matrix: SparseMatrix }
  | {
      readonly kind: "histories";
      readonly index: HistoryIndex;
      readonly parameters: Parameters;
      readonly horizon: number;
    }
  | { readonly kind: "latent"; readonly space: LatentSpace; readonly horizon: number }
  | { readonly kind: "identity"; readonly horizon: number }
  | PriorAnswer;

/** The trending signal's answer: the same for every profile, so it is scaled and sorted once. */
export interface PriorAnswer {
  readonly kind: "prior";
  /** f̂ per product; those it does not reach to have none. */
  readonly scaled: Float32Array;
  /** Products with a positive score, best first. */
  readonly order: Int32Array;
}

export interface ServedSignals {
  /** In the order of SIGNAL_NAMES; null where the model does not carry the signal. */
  readonly signals: readonly (ServedSignal | null)[];
  /** Signals whose rows lie side by side, by their numbers: those that look at a profile alike. */
  readonly rowGroups: readonly (readonly number[])[];
  /** The distinct horizons of the signals, in events; profiles are weighted once for each. */
  readonly horizons: readonly number[];
  /** How much more the shop's shoppers say by one action than by another (see ProfileOptions). */
  readonly weightPower: number;
}

export function prepareSignals(model: Model, tieRank: Int32Array, late: LateProducts): ServedSignals {
  const horizons: number[] = [];
  const horizonOf = (name: SignalName) => {
    const events = model.facts.signals[name]?.horizon ?? 0;
    if (!horizons.includes(events)) horizons.push(events);
    return horizons.indexOf(events);
  };
  const packed = packByHorizon(model);
  const signals = SIGNAL_NAMES.map((name) => prepareSignal(model, name, horizonOf, tieRank, late, packed));
  const rowGroups = horizons.map((_, horizon) =>
    [...signals.keys()].filter((s) => signals[s]?.kind === "rows" && signals[s].horizon === horizon),
  );
  return { signals, rowGroups, horizons, weightPower: model.facts.signals.collaborative?.weightPower ?? 1 };
}

/** The matrices that profiles answer from by their products, those of one horizon together. */
function packByHorizon({ matrices, facts }: Model): Map<SignalName, PackedMatrix> {
  const byHorizon = new Map<number, SignalName[]>();
  for (const name of matrices.keys()) {
    if (name === "segmentTrend" || name === "categoryTrend") continue;
    const horizon = facts.signals[name]?.horizon ?? 0;
    byHorizon.set(horizon, [...(byHorizon.get(horizon) ?? []), name]);
  }
  const packed = new Map<SignalName, PackedMatrix>();
  for (const names of byHorizon.values()) {
    const together = packTogether(names.map((name) => matrices.get(name) as SparseMatrix));
    for (const [n, name] of names.entries()) packed.set(name, together[n]);
  }
  return packed;
}

function prepareSignal(
  model: Model,
  name: SignalName,
  horizonOf: (name: SignalName) => number,
  tieRank: Int32Array,
  late: LateProducts,
  packed: ReadonlyMap<SignalName, PackedMatrix>,
): ServedSignal | null {
  const matrix = model.matrices.get(name);
  if (matrix !== undefined) {
    if (name === "segmentTrend") return { kind: "segmentRows", matrix };
    if (name === "categoryTrend") return { kind: "categoryRows", matrix, horizon: horizonOf(name) };
    const rows = packed.get(name) as PackedMatrix;
    return { kind: "rows", packed: rows, horizon: horizonOf(name), late: late.rowsOf(name) };
  }
  const index = model.histories.get(name);
  if (index !== undefined) {
    return { kind: "histories", index, parameters: model.facts.signals[name] ?? {}, horizon: horizonOf(name) };
  }
  if (name === "latent" && model.latent !== null) {
    return { kind: "latent", space: model.latent, horizon: horizonOf(name) };
  }
  if (name === "repeat" && model.facts.signals.repeat !== undefined)
    return { kind: "identity", horizon: horizonOf(name) };
  return name === "trending" && model.trend !== null ? preparePrior(model.trend, byRank(tieRank)) : null;
}

export function byRank(tieRank: Int32Array): (a: number, b: number) => number {
  return (a, b) => tieRank[a] - tieRank[b];
}

/** @param compareTies the order of two products with equal scores */
export function preparePrior(trend: Float32Array, compareTies: (a: number, b: number) => number): PriorAnswer {
  const all = Int32Array.from(trend.keys()).filter((index) => trend[index] > 0);
  const order = all.sort((a, b) => trend[b] - trend[a] || compareTies(a, b));
  let sum = 0;
  for (const index of order.subarray(0, SCALE_SIZE)) sum += trend[index];
  const scaled = Float32Array.from(trend, (score) => scaledAnswer(score, sum / SCALE_SIZE));
  return { kind: "prior", scaled, order };
}
