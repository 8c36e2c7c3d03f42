import type { ShopperHistory } from "../domain/ports.js";
import type { ListRequest, SimilarityStrategy } from "../domain/recommendation.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import { N_SIGNALS } from "../scorer/gates.js";
import { kthLargest } from "../signals/kthLargest.js";
import { accumulateEvery } from "./answers.js";
import { filterOf, markExcluded } from "./eligibility.js";
import { type Filler, fillUp, proposeInOrder } from "./fillUp.js";
import { gatePlacement } from "./gatePlacement.js";
import { type Merchandise, merchandiseOf, pinnedProducts } from "./merchandise.js";
import type { Profile } from "./profile.js";
import { proposeLate } from "./proposeLate.js";
import { addLatent, describeCandidates, readAnswers } from "./readCandidates.js";
import type { Scratch } from "./scratch.js";
import type { ServedSignal } from "./servedSignals.js";
import type { ServingRules } from "./servingRules.js";
import { orderTies } from "./ties.js";

/** Products that may be in one list, with the answers of every signal. */
export interface Candidates {
  readonly index: readonly number[];
  readonly filler: readonly Filler[];
  /** f̂, row-major (n × nSignals). */
  readonly value: Float32Array;
  /** What the gates may look at, row-major (n × nContext). */
  readonly context: Float32Array;
  /** Settles equal scores: tie rank for proposed products, behind them the fillers in the order of their ladder. */
  readonly tieOrder: Int32Array;
  /** Rows that are owed places because they came after training; empty in lists that keep none for them. */
  readonly late: readonly number[];
  /** The merchandiser's rules that act in this list; null when none does. */
  readonly merchandise: Merchandise | null;
  /** True when an item-to-item signal answered, so that the list is more than a fallback. */
  readonly isAnswered: boolean;
}

const BEHAVIOUR: ReadonlySet<SignalName> = new Set<SignalName>([
  "collaborative",
  "regression",
  "sequence",
  "sequenceShort",
  "basket",
  "session",
  "neighbours",
  "latent",
]);
const CONTENT: ReadonlySet<SignalName> = new Set<SignalName>(["content", "inherited"]);

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
  const merchandise = merchandiseOf(request, rules.merchandising, served.catalogue);
  const isEligible = filterOf(request, served.catalogue, merchandise);
  const mayBeListed = (product: number) => !scratch.isExcluded(product) && isEligible(product);
  const found: number[] = [];
  const counted = isCounted.map((isOn, s) => isOn && suitsStrategy(SIGNAL_NAMES[s], request.strategy));
  const scales = new Float64Array(N_SIGNALS);
  const nProposals = Math.max(rules.candidatesPerSignal, request.first + 1);
  const asked = SIGNAL_NUMBERS.filter((s) => counted[s] && answersOverAll(served.signals[s]));
  accumulateEvery(asked, profile, scratch);
  for (const s of asked) {
    scales[s] = scratch.proposals.take(scratch.answers[s], nProposals);
    for (const product of scratch.proposals.best(nProposals, mayBeListed)) {
      if (scratch.include(product)) found.push(product);
    }
  }
  const owed = proposeLate(request, counted, scales, mayBeListed, rules, scratch);
  for (const product of owed) if (scratch.include(product)) found.push(product);
  // To a stranger only the trend among people like them answers, which says nothing of what they do.
  const isAnswered = found.length > 0 && profile.product.length > 0;
  for (let s = 0; s < N_SIGNALS; s++) {
    const signal = served.signals[s];
    if (counted[s] && signal?.kind === "prior") proposeInOrder(signal.order, nProposals, isEligible, scratch, found);
  }
  const pinned = merchandise === null ? [] : pinnedProducts(merchandise, mayBeListed, served.catalogue);
  for (const product of pinned) if (scratch.include(product)) found.push(product);
  const nProposed = found.length;
  const filler: Filler[] = new Array<Filler>(nProposed).fill("none");
  fillUp(request.first + 1, isEligible, scratch, found, filler);
  const factor = served.gates.newcomerFactor?.[gatePlacement(request, profile)] ?? null;
  const value = readAnswers(found, scales, counted, factor, scratch);
  for (const answers of scratch.answers) answers.clear();
  const tieOrder = orderTies(found, nProposed, served);
  const gates = served.gates.byPlacement[gatePlacement(request, profile)];
  const promising = mostPromising(value, gates, rules.signalWeight, tieOrder, Math.max(MAX_SCORED, request.first + 1));
  const wanted = rowsOf([...owed, ...pinned], found);
  const kept = promising === null ? [...found.keys()] : withRows(promising, wanted);
  const index = kept.map((row) => found[row]);
  const keptValue = pickRows(value, kept);
  addLatent(index, keptValue, counted, factor, profile, scratch);
  return {
    index,
    filler: kept.map((row) => filler[row]),
    value: keptValue,
    context: describeCandidates(index, profile, scratch),
    tieOrder: Int32Array.from(kept, (row) => tieOrder[row]),
    late: rowsOf(owed, index),
    merchandise,
    isAnswered,
  };
}

const SIGNAL_NUMBERS = [...SIGNAL_NAMES.keys()];

function answersOverAll(signal: ServedSignal | null): boolean {
  return signal !== null && signal.kind !== "prior" && signal.kind !== "latent";
}

/** Candidates that the gates look at: they learned on lists of this length. */
const MAX_SCORED = 120;

/** Rows of the `most` best by the plain blend, in the order they were found; null where all may stay. */
function mostPromising(
  value: Float32Array,
  gates: readonly number[],
  signalWeight: Float64Array,
  tieOrder: Int32Array,
  most: number,
): number[] | null {
  const n = tieOrder.length;
  if (n <= most) return null;
  const factor = Float64Array.from(gates, (gate, s) => gate * signalWeight[s]);
  const blend = new Float64Array(n);
  for (let row = 0, at = 0; row < n; row++) {
    let sum = 0;
    for (let s = 0; s < N_SIGNALS; s++) sum += factor[s] * value[at++];
    blend[row] = sum;
  }
  const least = kthLargest(blend, n, most);
  const atEnd: number[] = [];
  let nAbove = 0;
  for (let row = 0; row < n; row++) {
    if (blend[row] > least) nAbove++;
    else if (blend[row] === least) atEnd.push(row);
  }
  const last = new Set(atEnd.sort((a, b) => tieOrder[a] - tieOrder[b]).slice(0, most - nAbove));
  const kept: number[] = [];
  for (let row = 0; row < n; row++) if (blend[row] > least || last.has(row)) kept.push(row);
  return kept;
}

function rowsOf(products: readonly number[], index: readonly number[]): number[] {
  return products.map((product) => index.indexOf(product));
}

function withRows(rows: readonly number[], more: readonly number[]): number[] {
  return more.length === 0 ? [...rows] : [...new Set([...rows, ...more])].sort((a, b) => a - b);
}

function pickRows(value: Float32Array, rows: readonly number[]): Float32Array {
  const picked = new Float32Array(rows.length * N_SIGNALS);
  for (let r = 0, at = 0; r < rows.length; r++) {
    for (let from = rows[r] * N_SIGNALS, s = 0; s < N_SIGNALS; s++) picked[at++] = value[from++];
  }
  return picked;
}

/** Content and behaviour are two meanings of "similar"; a caller may ask for one of them. */
function suitsStrategy(signal: SignalName, strategy: SimilarityStrategy): boolean {
  if (strategy === "AUTO") return true;
  return strategy === "CONTENT" ? CONTENT.has(signal) : BEHAVIOUR.has(signal);
}
