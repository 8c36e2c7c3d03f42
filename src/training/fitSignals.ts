import type { SignalName } from "../domain/setting.js";
import type { Model } from "../model/model.js";
import type { HistoryIndex } from "../signals/historyIndex.js";
import type { Parameters } from "../signals/signal.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import type { Fitter } from "./fitter.js";
import { MATRIX_SIGNALS } from "./signalCatalogue.js";

/** The part of a model that signals fill. */
export type FittedSignals = Pick<Model, "matrices" | "histories" | "latent" | "trend" | "categories" | "segments">;

export const NOTHING_FITTED: FittedSignals = {
  matrices: new Map(),
  histories: new Map(),
  latent: null,
  trend: null,
  categories: [],
  segments: [],
};

/**
 * Fit every signal that has parameters; those the data do not carry stay absent.
 *
 * @param known matrices that stand for a fit with these parameters to this input
 */
export async function fitSignals(
  fitter: Fitter,
  parameters: ReadonlyMap<SignalName, Parameters>,
  onProgress: (share: number) => void,
  known: ReadonlyMap<SignalName, SparseMatrix> = new Map(),
): Promise<FittedSignals> {
  const matrices = new Map<SignalName, SparseMatrix>();
  let nBegun = 0;
  const begin = () => onProgress(nBegun++ / parameters.size);
  for (const { name } of MATRIX_SIGNALS) {
    const chosen = parameters.get(name);
    if (chosen === undefined) continue;
    begin();
    const matrix = known.get(name) ?? (await fitter.fitMatrix(name, chosen, matrices));
    if (matrix !== null) matrices.set(name, matrix);
  }
  const histories = new Map<SignalName, HistoryIndex>();
  for (const name of ["session", "neighbours"] as const) {
    const chosen = parameters.get(name);
    if (chosen === undefined) continue;
    begin();
    const index = await fitter.fitWhole(name, chosen);
    if (index !== null) histories.set(name, index);
  }
  const whole = async <Name extends "latent" | "trending" | "categoryTrend" | "segmentTrend">(name: Name) => {
    const chosen = parameters.get(name);
    if (chosen === undefined) return null;
    begin();
    return fitter.fitWhole(name, chosen);
  };
  const latent = await whole("latent");
  const trend = await whole("trending");
  const categoryTrend = await whole("categoryTrend");
  const segmentTrend = await whole("segmentTrend");
  if (categoryTrend !== null) matrices.set("categoryTrend", categoryTrend.matrix);
  if (segmentTrend !== null) matrices.set("segmentTrend", segmentTrend.matrix);
  return {
    matrices,
    histories,
    latent,
    trend,
    categories: categoryTrend?.rows ?? [],
    segments: segmentTrend?.rows ?? [],
  };
}
