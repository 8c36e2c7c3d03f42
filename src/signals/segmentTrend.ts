/**
 * What shoppers of one kind choose right now: the trending scores (see trending.ts) of a segment's shoppers, shrunk to
 * the whole shop's.
 *
 *   M[g, i] = (n(g, i) + κ·q(i)) / (N(g) + κ)       n(g, i) trending score of i among shoppers of g, N(g) its sum
 *                                                   q(i) share of i in the trending of the whole shop
 *
 * A segment that chose little lately looks like the shop, one that chose much looks like itself. κ counts in trending
 * scores: 200 are forty purchases of today.
 * Source: Dirichlet smoothing (Zhai & Lafferty, A study of smoothing methods for language models, TOIS 2004).
 * Cost: one pass over a shopper's interactions for each of their segments, one over the products a segment.
 */
import type { Parameters, SignalInput, WholeSignal } from "./signal.js";
import { addVisits, trending } from "./trending.js";
import { assembleTrendRows, type TrendRows } from "./trendRows.js";

export const segmentTrend: WholeSignal<TrendRows> = {
  name: "segmentTrend",
  defaults: { halfLifeDays: 7, weightPower: 1, minShoppers: 20, shrinkage: 200, k: 200 },
  fit,
};

function fit(input: SignalInput, parameters: Parameters): TrendRows | null {
  const { log, tieRank } = input;
  const shoppersOf = shoppersBySegment(input.segments);
  const rows = [...shoppersOf.keys()].filter((text) => shoppersOf.get(text)!.length >= parameters.minShoppers).sort();
  const shop = trending.fit(input, parameters);
  if (shop === null || rows.length === 0) return null;
  const shopSum = shop.reduce((sum, score) => sum + score, 0);
  if (shopSum === 0) return null;

  const product = Int32Array.from({ length: log.nProducts }, (_, p) => p);
  const score = new Float64Array(log.nProducts);
  const scoresOf = (row: number) => {
    score.fill(0);
    for (const shopper of shoppersOf.get(rows[row])!) addVisits(log, shopper, parameters, score);
    const total = score.reduce((sum, own) => sum + own, 0) + parameters.shrinkage;
    for (let p = 0; p < log.nProducts; p++) {
      score[p] = (score[p] + (parameters.shrinkage * shop[p]) / shopSum) / total;
    }
    return { product, score };
  };
  return assembleTrendRows(rows, scoresOf, { k: parameters.k, tieRank });
}

/** The shoppers of each segment text, ascending; a text given twice for one shopper counts once. */
function shoppersBySegment(segments: SignalInput["segments"]): Map<string, number[]> {
  const shoppersOf = new Map<string, number[]>();
  for (let shopper = 0; shopper < segments.length; shopper++) {
    for (const text of new Set(segments[shopper])) {
      const shoppers = shoppersOf.get(text);
      if (shoppers === undefined) shoppersOf.set(text, [shopper]);
      else shoppers.push(shopper);
    }
  }
  return shoppersOf;
}
