import type { SignalName } from "../domain/setting.js";
import type { Model } from "../model/model.js";
import type { HistoryIndex } from "../signals/historyIndex.js";
import type { Parameters } from "../signals/signal.js";
import type { SparseMatrix } from "../signals/sparseMatrix.js";
import type { FittedMatrices, Fitter, WholeSignalName } from "./fitter.js";
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
 * Fit every signal that has parameters; those the data do not carry stay absent. All are asked for at once, the one that
 * takes longest in one piece first, so that no thread waits for another signal's last rows.
 *
 * @param onProgress hears how many are ready
 * @param known matrices that stand for a fit with these parameters to this input
 */
export async function fitSignals(
  fitter: Fitter,
  parameters: ReadonlyMap<SignalName, Parameters>,
  onProgress: (share: number) => void,
  known: ReadonlyMap<SignalName, SparseMatrix> = new Map(),
): Promise<FittedSignals> {
  let nReady = 0;
  const counted = async <Fit>(name: SignalName, learn: (chosen: Parameters) => Promise<Fit>): Promise<Fit | null> => {
    const chosen = parameters.get(name);
    if (chosen === undefined) return null;
    onProgress(nReady / parameters.size);
    const fitted = await learn(chosen);
    onProgress(++nReady / parameters.size);
    return fitted;
  };
  const whole = <Name extends WholeSignalName>(name: Name) =>
    counted(name, (chosen) => fitter.fitWhole<Name>(name, chosen));
  const wholes = [
    whole("latent"),
    whole("session"),
    whole("neighbours"),
    whole("trending"),
    whole("categoryTrend"),
    whole("segmentTrend"),
  ] as const;
  const begun = new Map<SignalName, Promise<SparseMatrix | null>>();
  for (const { name, reads = [] } of MATRIX_SIGNALS) {
    const learn = async (chosen: Parameters) =>
      known.get(name) ??
      fitter.fitMatrix(name, chosen, reads.length === 0 ? NOTHING_READ : await fittedOf(begun, reads));
    begun.set(name, counted(name, learn));
  }
  const [fits, matrices] = await Promise.all([Promise.all(wholes), fittedOf(begun, [...begun.keys()])]);
  const [latent, session, neighbours, trend, categoryTrend, segmentTrend] = fits;
  if (categoryTrend !== null) matrices.set("categoryTrend", categoryTrend.matrix);
  if (segmentTrend !== null) matrices.set("segmentTrend", segmentTrend.matrix);
  const histories = new Map<SignalName, HistoryIndex>();
  if (session !== null) histories.set("session", session);
  if (neighbours !== null) histories.set("neighbours", neighbours);
  return {
    matrices,
    histories,
    latent,
    trend,
    categories: categoryTrend?.rows ?? [],
    segments: segmentTrend?.rows ?? [],
  };
}

const NOTHING_READ: FittedMatrices = new Map();

/** Those of `names` that the data carry, once they are fitted. */
async function fittedOf(
  begun: ReadonlyMap<SignalName, Promise<SparseMatrix | null>>,
  names: readonly SignalName[],
): Promise<Map<SignalName, SparseMatrix>> {
  const fitted = await Promise.all(names.map(async (name) => [name, (await begun.get(name)) ?? null] as const));
  return new Map(fitted.flatMap(([name, matrix]) => (matrix === null ? [] : [[name, matrix]])));
}
