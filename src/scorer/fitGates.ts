import { RecommenderError } from "../domain/errors.js";
import type { Placement } from "../domain/recommendation.js";
import type { TensorBackend } from "./backend.js";
import { fitConstantGates } from "./fitConstantGates.js";
import { fitNetwork, LISTS_PER_STEP } from "./fitNetwork.js";
import { type GateLists, listsWithTarget, withinRows } from "./gateLists.js";
import type { GateNetwork } from "./gateNetwork.js";
import type { GateParameters } from "./gates.js";
import { type GateTrial, leadsBy, ndcgPerList, trialOf } from "./gateTrial.js";

export type { GateLists } from "./gateLists.js";

export interface FitGatesOptions {
  /** Gates by hand, in the order of SIGNAL_NAMES: what stays where there is too little to learn from. */
  readonly prior: readonly number[];
  readonly nHidden: number;
  /** Most passes over the lists. */
  readonly epochs: number;
  /** Most steps: where there are many lists, more of them teach the past by heart and serve the future worse. */
  readonly maxSteps: number;
  readonly learningRate: number;
  readonly l2: number;
  readonly seed: number;
  /** Number of lists from which the data count for more than the prior. */
  readonly fullDataLists: number;
  /** Evenly spread lists of about so many rows are learned from; more bring little and take time. */
  readonly maxRows: number;
}

export const FIT_GATES_DEFAULTS: Omit<FitGatesOptions, "prior"> = {
  nHidden: 16,
  epochs: 12,
  maxSteps: 400,
  learningRate: 0.006,
  l2: 1e-4,
  seed: 1,
  fullDataLists: 2000,
  maxRows: 1_500_000,
};

/** Gates of one placement as they were learned, and how they came to be chosen. */
export interface FittedGates {
  /** One gate per signal: what is used without a network, and what the network began with. */
  readonly constant: readonly number[];
  readonly network: GateNetwork | null;
  /** Mean NDCG@20 over the lists held out. */
  readonly tried: readonly { readonly name: string; readonly ndcg: number }[];
  /** Name of what was chosen; `prior` when the gates by hand stay. */
  readonly chosen: string;
  /** Lists learned from, and lists without anything chosen. */
  readonly nLists: number;
  readonly nSkipped: number;
}

/** Fewer say nothing that chance could not. */
const LEAST_LISTS = 200;
/** Every fifth list is held out for choosing. */
const HOLD_OUT = 5;

/**
 * Learn gates from lists whose right order is known: a constant gate per signal, near the prior, then a network that
 * begins there. What is kept is decided on lists held out, the simpler unless the other leads clearly; that is then
 * learned again from all lists. Equal lists, options and backend give equal gates.
 *
 * @throws RecommenderError NOT_FINITE when answers or context are not
 * Cost: up to 2 · epochs passes over at most maxRows rows, about 0.8 µs each on WebAssembly.
 */
export async function fitGates(
  lists: GateLists,
  options: FitGatesOptions,
  backend: TensorBackend,
): Promise<FittedGates> {
  const withTarget = listsWithTarget(lists);
  const used = withinRows(withTarget, lists.start, options.maxRows);
  const counts = { nLists: used.length, nSkipped: lists.start.length - 1 - withTarget.length };
  const stay = { constant: options.prior, network: null, tried: [], chosen: "prior", ...counts };
  if (used.length < LEAST_LISTS) return stay;
  requireFinite(lists);

  const trials = await tryGates(lists, used, { ...options, epochs: epochsWithin(used.length, options) }, backend);
  const tried = trials.map(({ name, ndcg }) => ({ name, ndcg }));
  const best = choose(trials, options, used.length);
  if (best.name === "prior") return { ...stay, tried };
  const constant = fitConstantGates(lists, used, constantOptions(options));
  const network =
    best.epochs === 0
      ? null
      : await fitNetwork(lists, used, { ...options, begin: constant, nEpochs: best.epochs }, backend);
  return { constant, network, tried, chosen: best.name, ...counts };
}

function epochsWithin(nLists: number, { epochs, maxSteps }: FitGatesOptions): number {
  return Math.max(1, Math.min(epochs, Math.round((maxSteps * LISTS_PER_STEP) / nLists)));
}

/** Checked before: a rectifier on some backends turns what is not a number into 0, and the loss would not show it. */
function requireFinite({ value, context, target }: GateLists): void {
  for (const [name, numbers] of Object.entries({ value, context, target })) {
    const at = numbers.findIndex((number) => !Number.isFinite(number));
    if (at < 0) continue;
    const facts = { name, at, found: numbers[at] };
    throw new RecommenderError("NOT_FINITE", `Cannot learn the gates: finite numbers are required in ${name}`, facts);
  }
}

/** The shop's gates with what was learned in the places it was learned for. */
export function withFittedGates(
  gates: GateParameters,
  { constant, network }: FittedGates,
  placements: readonly Placement[],
): GateParameters {
  const learned = Object.fromEntries(placements.map((placement) => [placement, constant]));
  return {
    kind: network === null ? "constant" : "network",
    byPlacement: { ...gates.byPlacement, ...learned },
    network,
    networkPlacements: network === null ? [] : placements,
  };
}

/** The prior, constant gates and the network at two ages, learned on four fifths and judged on the last. */
async function tryGates(
  lists: GateLists,
  used: Int32Array,
  options: FitGatesOptions,
  backend: TensorBackend,
): Promise<GateTrial[]> {
  const heldOut = used.filter((_, i) => i % HOLD_OUT === HOLD_OUT - 1);
  const rest = used.filter((_, i) => i % HOLD_OUT !== HOLD_OUT - 1);
  const judge = (name: string, epochs: number, constant: readonly number[], network: GateNetwork | null) =>
    trialOf(name, epochs, ndcgPerList(lists, heldOut, { constant, network }, backend));
  const constant = fitConstantGates(lists, rest, constantOptions(options));
  const trials = [judge("prior", 0, options.prior, null), judge("constant", 0, constant, null)];
  const ages = new Set([0.5, 1].map((share) => Math.max(1, Math.round(share * options.epochs))));
  const onEpoch = (epoch: number, snapshot: () => GateNetwork) => {
    if (ages.has(epoch)) trials.push(judge(`network, ${epoch} epochs`, epoch, constant, snapshot()));
  };
  await fitNetwork(lists, rest, { ...options, begin: constant, nEpochs: options.epochs, onEpoch }, backend);
  return trials;
}

/**
 * The best network must lead the constant gates by one standard error, and what is then ahead must lead the prior by
 * two, since it is the best of several and a shop's gates should not follow chance; with more lists in proportion less,
 * for then the prior is the guess and not the lists: from full data on, and of constant gates, which cannot tell one
 * shopper from another, from half of it.
 */
function choose(
  [prior, constant, ...networks]: GateTrial[],
  { fullDataLists }: FitGatesOptions,
  nLists: number,
): GateTrial {
  const caution = Math.min(1, fullDataLists / nLists);
  const network = networks.reduce((best, trial) => (trial.ndcg > best.ndcg ? trial : best));
  const learned = leadsBy(Math.min(1, fullDataLists / 2 / nLists), network, constant) ? network : constant;
  return leadsBy(2 * caution, learned, prior) ? learned : prior;
}

function constantOptions({ prior, epochs, seed, fullDataLists }: FitGatesOptions) {
  return { prior, nEpochs: epochs, seed, fullDataLists };
}
