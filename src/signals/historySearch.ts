/**
 * Answer a profile by the histories most like it: sessions of the last days, or other shoppers.
 *
 *   likeness(h) = factor(h) · Σ over products j of both of p(j)
 *   f(p, i) = factor(i) · Σ over the n most like h, over their entries e of i, of likeness(h)^power · weight(e) · near(e)
 *   near(e) = e^(−|place of e − place of the match|/positionDecay)
 *
 * The match is the newest profile product that a history holds, at its last place there; positionDecay 0 counts every
 * place alike. Only positive weights of a profile look for likeness: what a shopper rejects finds nobody like them.
 * Sources: Jannach & Ludewig, When recurrent neural networks meet the neighborhood, RecSys 2017 (V-SKNN); Garg et al.,
 * Sequence and time aware neighborhood, SIGIR 2019 (STAN).
 * Cost: at most maxPostings additions a profile product, a heap of nNeighbours, one or two passes over their entries.
 */
import type { Accumulator } from "./accumulator.js";
import type { HistoryIndex } from "./historyIndex.js";
import type { Parameters, ProfileVector } from "./signal.js";
import type { SparseMatrix } from "./sparseMatrix.js";
import { TopK } from "./topK.js";

/** Entries so far from the match that they count less than this share of it are not walked to. */
const NEGLIGIBLE = 1e-4;

/** Working memory of searches in one index; everything is clean between two calls. */
export class HistoryScratch {
  /** How much of the profile each history holds. */
  readonly shared: Float64Array;
  readonly touched: Int32Array;
  /** 1 + place in the profile per product, 1 for the newest; 0 for products outside the profile. */
  readonly profilePlace: Int32Array;
  /** The histories as rows of a matrix. */
  readonly rows: SparseMatrix;
  private readonly byRecency: Int32Array;
  private best: TopK | null = null;
  private nBest = 0;

  constructor(index: HistoryIndex) {
    const nHistories = index.likeness.length;
    this.shared = new Float64Array(nHistories);
    this.touched = new Int32Array(nHistories + 1);
    this.profilePlace = new Int32Array(index.productFactor.length);
    this.rows = {
      nRows: nHistories,
      nCols: index.productFactor.length,
      rowStart: index.start,
      col: index.product,
      value: index.weight,
    };
    this.byRecency = Int32Array.from({ length: nHistories }, (_, history) => history);
  }

  /** The heap of neighbours, equal likeness to the more recent; made anew only when the number changes. */
  neighbours(nNeighbours: number): TopK {
    if (this.best === null || this.nBest !== nNeighbours) {
      this.best = new TopK(Math.min(nNeighbours, this.byRecency.length), this.byRecency);
      this.nBest = nNeighbours;
    }
    return this.best;
  }
}

/**
 * The answer of an index to a profile.
 *
 * @param parameters nNeighbours, maxPostings, power, positionDecay (see above; 0 or absent for none)
 * @param answers empty; receives the scores
 * @param scratch made for this index; reusable at once
 */
export function searchHistories(
  index: HistoryIndex,
  parameters: Parameters,
  profile: ProfileVector,
  answers: Accumulator,
  scratch: HistoryScratch,
): void {
  const nTouched = sumShared(index, parameters.maxPostings, profile, scratch);
  const best = scratch.neighbours(parameters.nNeighbours);
  const { touched, shared } = scratch;
  let { least } = best;
  for (let t = 0; t < nTouched; t++) {
    const likeness = index.likeness[touched[t]] * shared[touched[t]];
    if (likeness < least) continue;
    best.offer(touched[t], likeness);
    least = best.least;
  }
  const positionDecay = parameters.positionDecay ?? 0;
  if (positionDecay > 0) markPlaces(profile, scratch.profilePlace);
  for (const history of best.unordered()) {
    const likeness = (index.likeness[history] * scratch.shared[history]) ** parameters.power;
    if (positionDecay > 0) addNearMatch(index, history, likeness, positionDecay, scratch.profilePlace, answers);
    else answers.addRow(scratch.rows, history, likeness);
  }
  for (let t = 0; t < answers.nTouched; t++) {
    answers.sum[answers.touched[t]] *= index.productFactor[answers.touched[t]];
  }
  if (positionDecay > 0) for (const product of profile.product) scratch.profilePlace[product] = 0;
  for (let t = 0; t < nTouched; t++) scratch.shared[scratch.touched[t]] = 0;
  best.clear();
}

/** Sum into `scratch.shared` how much of the profile each history holds; returns how many histories were touched. */
function sumShared(
  { posting, postingStart }: HistoryIndex,
  maxPostings: number,
  { product, weight }: ProfileVector,
  { shared, touched }: HistoryScratch,
): number {
  let nTouched = 0;
  for (let j = 0; j < product.length; j++) {
    if (weight[j] <= 0) continue;
    const from = postingStart[product[j]];
    const to = Math.min(postingStart[product[j] + 1], from + maxPostings);
    for (let n = from; n < to; n++) {
      const history = posting[n];
      touched[nTouched] = history; // without a branch, as in Accumulator.addRow
      nTouched += shared[history] === 0 ? 1 : 0;
      shared[history] += weight[j];
    }
  }
  return nTouched;
}

function markPlaces({ product, weight }: ProfileVector, profilePlace: Int32Array): void {
  for (let j = product.length - 1; j >= 0; j--) if (weight[j] > 0) profilePlace[product[j]] = j + 1;
}

/** Add the entries of a history outwards from its match, as far as they count. */
function addNearMatch(
  { start, product, weight }: HistoryIndex,
  history: number,
  likeness: number,
  positionDecay: number,
  profilePlace: Int32Array,
  answers: Accumulator,
): void {
  const begin = start[history];
  const end = start[history + 1];
  let match = begin;
  let newest = profilePlace.length + 1;
  for (let e = begin; e < end; e++) {
    const place = profilePlace[product[e]];
    if (place === 0 || place > newest) continue;
    newest = place;
    match = e;
  }
  const perStep = Math.exp(-1 / positionDecay);
  const least = likeness * NEGLIGIBLE;
  for (let e = match, near = likeness; e < end && near > least; e++, near *= perStep) {
    answers.add(product[e], near * weight[e]);
  }
  for (let e = match - 1, near = likeness * perStep; e >= begin && near > least; e--, near *= perStep) {
    answers.add(product[e], near * weight[e]);
  }
}
