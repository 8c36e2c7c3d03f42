import type { FreshTrend } from "../domain/ports.js";
import { SIGNAL_NAMES } from "../domain/setting.js";
import type { Catalogue } from "./catalogue.js";
import type { ServedModel } from "./servedModel.js";
import { type PriorAnswer, preparePrior } from "./servedSignals.js";
import type { TrainedTrend } from "./trainedTrend.js";

const DAY_MS = 86_400_000;
const TRENDING = SIGNAL_NAMES.indexOf("trending");

/**
 * The same model, its trending signal answering for what the crowd has done since: the trained scores age by the time
 * between both newest events, and the fresh ones are added. Where nothing has happened it answers as trained, to the bit.
 * Cost: a sort of the products on the move.
 */
export function withFreshTrend(served: ServedModel, fresh: FreshTrend): ServedModel {
  const { trend } = served;
  if (trend === null) return served;
  const prior = fresh.productNo.length === 0 ? trend.prior : freshPrior(trend, fresh, served.catalogue, served.tieRank);
  if (prior === served.signals[TRENDING]) return served;
  return { ...served, signals: served.signals.map((signal, s) => (s === TRENDING ? prior : signal)) };
}

function freshPrior(trend: TrainedTrend, fresh: FreshTrend, catalogue: Catalogue, tieRank: Int32Array): PriorAnswer {
  const score = new Float32Array(catalogue.length);
  const daysBetween = Number.isNaN(trend.newestMs) ? 0 : (fresh.newestMs - trend.newestMs) / DAY_MS;
  const left = 2 ** (-daysBetween / trend.halfLifeDays);
  for (let product = 0; product < trend.score.length; product++) score[product] = trend.score[product] * left;
  for (let row = 0; row < fresh.productNo.length; row++) {
    const product = catalogue.indexOfProductNo(fresh.productNo[row]);
    if (product >= 0) score[product] += fresh.score[row];
  }
  // Products that came after the training have no rank: behind the others, in an order that says nothing of when.
  const isLate = (product: number) => product >= tieRank.length;
  return preparePrior(score, (a, b) => {
    if (isLate(a) && isLate(b)) return catalogue.compareHashes(a, b);
    return isLate(a) || isLate(b) ? Number(isLate(a)) - Number(isLate(b)) : tieRank[a] - tieRank[b];
  });
}
