import type { ShopperHistory } from "../domain/ports.js";
import type { ListRequest, SimilarityStrategy } from "../domain/recommendation.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import { N_SIGNALS } from "../scorer/gates.js";
import { filterOf, markExcluded } from "./eligibility.js";
import type { Profile } from "./profile.js";
import { scaledAnswer } from "./scale.js";
import type { Scratch } from "./scratch.js";
import type { ServingRules } from "./servingRules.js";

/** How a product that no signal proposed came to fill a list. */
export type Filler = "none" | "trending" | "popular" | "newest";

/** Products that may be in one list, with the answers of every signal. */
export interface Candidates {
  readonly index: readonly number[];
  readonly filler: readonly Filler[];
  /** f̂, row-major (n × nSignals). */
  readonly value: Float32Array;
  /** Settles equal scores: tie rank for proposed products, behind them the fillers in the order of their ladder. */
  readonly tieOrder: Int32Array;
  /** True when an item-to-item signal answered, so that the list is more than a fallback. */
  readonly isAnswered: boolean;
}

const BEHAVIOUR: ReadonlySet<SignalName> = new Set(["collaborative", "basket"]);

/**
 * Gather the candidates of one list: the best of every signal that counts here, then, when too few qualify, what is
 * trending, popular and newest, so that exactly `first` products come back whenever that many qualify.
 *
 * @param isCounted per signal: does it have a positive gate and weight here
 * Cost: profile × k additions per signal, one pass over the touched products, a heap each.
 */
export function gatherCandidates(
  request: ListRequest,
  history: ShopperHistory | null,
  profile: Profile,
  isCounted: readonly boolean[],
  rules: ServingRules,
  scratch: Scratch,
): Candidates {
  const { served } = scratch;
  scratch.begin();
  markExcluded(request, history, served.catalogue, scratch, rules);
  const isEligible = filterOf(request, served.catalogue);
  const mayBeListed = (product: number) => !scratch.isExcluded(product) && isEligible(product);
  const found: number[] = [];
  const counted = isCounted.map((isOn, s) => isOn && suitsStrategy(SIGNAL_NAMES[s], request.strategy));
  const scales = new Float64Array(N_SIGNALS);
  const nProposals = Math.max(rules.candidatesPerSignal, request.first + 1);
  for (let s = 0; s < N_SIGNALS; s++) {
    if (!counted[s] || served.matrices[s] === null) continue;
    accumulate(s, profile, scratch);
    scales[s] = scratch.proposals.take(scratch.answers[s], nProposals);
    for (const product of scratch.proposals.best(nProposals, mayBeListed)) {
      if (scratch.include(product)) found.push(product);
    }
  }
  const isAnswered = found.length > 0;
  if (served.prior !== null && counted[served.prior.signal]) {
    proposeInOrder(served.prior.order, nProposals, isEligible, scratch, found);
  }
  const nProposed = found.length;
  const filler: Filler[] = new Array<Filler>(nProposed).fill("none");
  fillUp(request.first + 1, isEligible, scratch, found, filler);
  const value = readAnswers(found, scales, counted, scratch);
  for (const answers of scratch.answers) answers.clear();
  const tieOrder = orderTies(found, nProposed, served.tieRank);
  return { index: found, filler, value, tieOrder, isAnswered };
}

/** Content and behaviour are two meanings of "similar"; a caller may ask for one of them. */
function suitsStrategy(signal: SignalName, strategy: SimilarityStrategy): boolean {
  if (strategy === "AUTO") return true;
  return strategy === "CONTENT" ? signal === "content" : BEHAVIOUR.has(signal);
}

/** f_s(p, ·): what the profile's products say, less at most half of it for what negative entries object to. */
function accumulate(s: number, profile: Profile, scratch: Scratch): void {
  const matrix = scratch.served.matrices[s];
  if (matrix === null) return;
  const answers = scratch.answers[s];
  const { objections } = scratch;
  for (let e = 0; e < profile.product.length; e++) {
    const product = profile.product[e];
    if (product >= matrix.nRows) continue;
    const weight = profile.weight[e];
    const target = weight > 0 ? answers : objections;
    target.addRow(matrix, product, Math.abs(weight));
  }
  for (let t = 0; t < objections.nTouched; t++) {
    const product = objections.touched[t];
    answers.sum[product] -= Math.min(objections.sum[product], answers.sum[product] / 2);
  }
  objections.clear();
}

function proposeInOrder(
  order: Int32Array,
  most: number,
  isEligible: (index: number) => boolean,
  scratch: Scratch,
  found: number[],
): void {
  let taken = 0;
  for (let o = 0; o < order.length && taken < most; o++) {
    const product = order[o];
    if (scratch.isExcluded(product) || !isEligible(product)) continue;
    taken++;
    if (scratch.include(product)) found.push(product);
  }
}

/** The ladder below the signals: trending, popular, newest of the catalogue. */
function fillUp(
  needed: number,
  isEligible: (index: number) => boolean,
  scratch: Scratch,
  found: number[],
  filler: Filler[],
): void {
  const { served } = scratch;
  const ladder: readonly [Filler, () => Int32Array][] = [
    ["trending", () => served.prior?.order ?? new Int32Array(0)],
    ["popular", () => served.popularOrder],
    ["newest", () => served.catalogue.newestFirst()],
  ];
  for (const [kind, orderOf] of ladder) {
    if (found.length >= needed) return;
    for (const product of orderOf()) {
      if (found.length >= needed) return;
      if (!isEligible(product) || !scratch.include(product)) continue;
      found.push(product);
      filler.push(kind);
    }
  }
}

/** Equal scores: proposed products by tie rank, behind them the fillers in the order they came. */
function orderTies(found: readonly number[], nProposed: number, tieRank: Int32Array): Int32Array {
  const tieOrder = new Int32Array(found.length);
  for (let row = 0; row < found.length; row++) {
    tieOrder[row] = row < nProposed ? tieRank[found[row]] : tieRank.length + row;
  }
  return tieOrder;
}

function readAnswers(
  found: readonly number[],
  scales: Float64Array,
  counted: readonly boolean[],
  scratch: Scratch,
): Float32Array {
  const { prior, catalogue } = scratch.served;
  const value = new Float32Array(found.length * N_SIGNALS);
  for (let row = 0; row < found.length; row++) {
    const product = found[row];
    if (product >= catalogue.nModelProducts) continue;
    for (let s = 0; s < N_SIGNALS; s++) {
      if (scales[s] > 0) value[row * N_SIGNALS + s] = scaledAnswer(scratch.answers[s].sum[product], scales[s]);
    }
    if (prior !== null && counted[prior.signal]) value[row * N_SIGNALS + prior.signal] = prior.scaled[product];
  }
  return value;
}
