import type { ShopperHistory } from "../domain/ports.js";
import type { ListRequest, SimilarityStrategy } from "../domain/recommendation.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import { CONTEXT_FEATURES, N_CONTEXT } from "../scorer/contextFeatures.js";
import { N_SIGNALS } from "../scorer/gates.js";
import { kthLargest } from "../signals/kthLargest.js";
import { answerLatent } from "../signals/latentSpace.js";
import { accumulateEvery } from "./answers.js";
import { filterOf, markExcluded } from "./eligibility.js";
import { gatePlacement } from "./gatePlacement.js";
import { type Merchandise, merchandiseOf, pinnedProducts } from "./merchandise.js";
import { type Profile, profileVector } from "./profile.js";
import { proposeLate } from "./proposeLate.js";
import { scaledAnswer, scaleOf } from "./scale.js";
import type { Scratch } from "./scratch.js";
import type { ServedModel } from "./servedModel.js";
import type { ServedSignal } from "./servedSignals.js";
import type { ServingRules } from "./servingRules.js";
import { orderTies } from "./ties.js";

/** How a product that no signal proposed came to fill a list. */
export type Filler = "none" | "trending" | "popular" | "newest";

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
  if (promising === null) {
    addLatent(found, value, counted, factor, profile, scratch);
    const context = describeCandidates(found, profile, scratch);
    return { index: found, filler, value, context, tieOrder, late: rowsOf(owed, found), merchandise, isAnswered };
  }
  const wanted = [...owed, ...pinned];
  const kept = wanted.length === 0 ? promising : withRows(promising, rowsOf(wanted, found));
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
  return [...new Set([...rows, ...more])].sort((a, b) => a - b);
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
    ["trending", () => trendingOrder(served)],
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

function trendingOrder({ signals }: ServedModel): Int32Array {
  const prior = signals.find((signal) => signal?.kind === "prior");
  return prior?.kind === "prior" ? prior.order : new Int32Array(0);
}

function readAnswers(
  found: readonly number[],
  scales: Float64Array,
  counted: readonly boolean[],
  newcomerFactor: readonly number[] | null,
  scratch: Scratch,
): Float32Array {
  const { signals } = scratch.served;
  const value = new Float32Array(found.length * N_SIGNALS);
  for (let s = 0; s < N_SIGNALS; s++) {
    const signal = signals[s];
    if (!counted[s] || signal === null || signal.kind === "latent") continue;
    if (signal.kind === "prior") {
      for (let row = 0; row < found.length; row++) {
        if (found[row] < signal.scaled.length) value[row * N_SIGNALS + s] = signal.scaled[found[row]];
      }
    } else if (scales[s] > 0) {
      const { sum } = scratch.answers[s];
      for (let row = 0; row < found.length; row++) {
        value[row * N_SIGNALS + s] = scaledAnswer(sum[found[row]], scales[s]);
      }
    }
  }
  if (newcomerFactor === null) return value;
  for (let row = 0; row < found.length; row++) {
    if (!isNew(found[row], scratch.served)) continue;
    for (let s = 0; s < N_SIGNALS; s++) value[row * N_SIGNALS + s] *= newcomerFactor[s];
  }
  return value;
}

/** Whether nobody has chosen the product yet. */
function isNew(product: number, { context, catalogue }: ServedModel): boolean {
  return product >= catalogue.nModelProducts || context[product * N_CONTEXT + IS_NEW] === 1;
}

/** The latent signal's answers, for the candidates that stay: asked of all it would cost as much as the rest. */
function addLatent(
  index: readonly number[],
  value: Float32Array,
  counted: readonly boolean[],
  newcomerFactor: readonly number[] | null,
  profile: Profile,
  scratch: Scratch,
): void {
  const { served } = scratch;
  const signal = served.signals[LATENT];
  if (!counted[LATENT] || signal?.kind !== "latent") return;
  readLatent(signal, LATENT, index, profile, scratch, value);
  if (newcomerFactor === null) return;
  for (let row = 0; row < index.length; row++) {
    if (isNew(index[row], served)) value[row * N_SIGNALS + LATENT] *= newcomerFactor[LATENT];
  }
}

const LATENT = SIGNAL_NAMES.indexOf("latent");

/** The latent signal answers on candidates only, so its scale is taken over them. */
function readLatent(
  { space, horizon }: Extract<ServedSignal, { kind: "latent" }>,
  s: number,
  found: readonly number[],
  profile: Profile,
  scratch: Scratch,
  value: Float32Array,
): void {
  const { nModelProducts } = scratch.served.catalogue;
  const known = Int32Array.from(found).filter((product) => product < nModelProducts);
  const answers = new Float64Array(known.length);
  answerLatent(space, profileVector(profile, horizon), known, known.length, answers);
  const scale = scaleOf(answers, answers.length);
  for (let row = 0, k = 0; row < found.length; row++) {
    if (found[row] < nModelProducts) value[row * N_SIGNALS + s] = scaledAnswer(answers[k++], scale);
  }
}

const IS_NEW = CONTEXT_FEATURES.indexOf("isNew");
const N_EVENTS = CONTEXT_FEATURES.indexOf("nEvents");
const N_PRODUCTS = CONTEXT_FEATURES.indexOf("nProducts");
const IS_KNOWN = CONTEXT_FEATURES.indexOf("isKnown");

/** The gates' context of every candidate: what the model says of the product, what the profile says of the list. */
function describeCandidates(found: readonly number[], profile: Profile, { served }: Scratch): Float32Array {
  const context = new Float32Array(found.length * N_CONTEXT);
  const { nModelProducts } = served.catalogue;
  const own = new Set(profile.product);
  const nEvents = Math.log1p(profile.nEvents);
  const nProducts = Math.log1p(profile.product.length);
  for (let row = 0; row < found.length; row++) {
    const at = row * N_CONTEXT;
    const product = found[row];
    if (product < nModelProducts) {
      for (let from = product * N_CONTEXT, c = 0; c < N_CONTEXT; c++) context[at + c] = served.context[from++];
    } else context[at + IS_NEW] = 1;
    context[at + N_EVENTS] = nEvents;
    context[at + N_PRODUCTS] = nProducts;
    context[at + IS_KNOWN] = own.has(product) ? 1 : 0;
  }
  return context;
}
