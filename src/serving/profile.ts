import { ACTION } from "../domain/interaction.js";
import type { InteractionWeight } from "../domain/interactionWeight.js";
import type { ShopperHistory } from "../domain/ports.js";
import type { RecommendationContext } from "../domain/recommendation.js";
import { kthLargest } from "../signals/kthLargest.js";
import type { ProfileVector } from "../signals/signal.js";
import type { Catalogue } from "./catalogue.js";

/** How a product came into a profile; decides what a shopper is told ("because you bought …"). */
export type Evidence = "bought" | "viewed" | "inCart" | "subject";

/**
 * What a shopper, a cart, a session or a product page is to the signals: distinct products, the most recently touched
 * first, weighted once per horizon of the model, so that every signal sees the past as far as it pays.
 */
export interface Profile {
  readonly product: Int32Array;
  readonly evidence: readonly Evidence[];
  /** Weights per horizon, each as long as `product`; 0 where the entry no longer counts at that horizon. */
  readonly weights: readonly Float64Array[];
  /** Interactions the profile is made of. */
  readonly nEvents: number;
  /** What the shop knows of the shopper, as "attribute=value". */
  readonly segments: readonly string[];
  /** True when part of it comes from the shopper's stored history, not only from what they do right now. */
  readonly hasHistory: boolean;
}

export interface ProfileOptions {
  readonly weightOf: InteractionWeight;
  readonly halfLifeDays: number;
  /** Horizons in events; 0 = all entries count alike. */
  readonly horizons: readonly number[];
  /** Weights of actions are taken to this power: at 0 a view says as much as a purchase, at 1 what the settings say. */
  readonly weightPower: number;
}

const DAY_MS = 86_400_000;
/** Profile products below this share of the largest weight change nothing visible and cost a row each. */
const NEGLIGIBLE_SHARE = 0.05;
/** A profile of more products says no more; without a bound the few longest histories take most of a batch's time. */
const MAX_ENTRIES = 100;
/** An interaction of unknown time is old: at least this many half-lives. */
const UNKNOWN_AGE_HALF_LIVES = 4;

export function productProfile(index: number, nHorizons: number): Profile {
  if (index < 0) return emptyProfile(nHorizons);
  const weights = Array.from({ length: nHorizons }, () => Float64Array.of(1));
  return {
    product: Int32Array.of(index),
    evidence: ["subject"],
    weights,
    nEvents: 1,
    segments: [],
    hasHistory: false,
  };
}

export function emptyProfile(nHorizons: number, segments: readonly string[] = []): Profile {
  const weights = Array.from({ length: nHorizons }, () => new Float64Array(0));
  return { product: new Int32Array(0), evidence: [], weights, nEvents: 0, segments, hasHistory: false };
}

/** The profile as one signal sees it. */
export function profileVector(profile: Profile, horizon: number): ProfileVector {
  return { product: profile.product, weight: profile.weights[horizon] };
}

/** Interactions on their way into a profile, newest first. */
interface Steps {
  readonly product: number[];
  readonly weight: number[];
  readonly evidence: Evidence[];
  /** Interactions strictly newer than this one. */
  readonly nNewer: number[];
}

/**
 * The profile of a shopper: their interactions weighted by action, by age, and by how many newer ones there are. Age
 * counts from the profile's own newest interaction, so a shopper who comes back after a year still has their taste. What
 * they view and put in the cart right now joins as newest. A product's weight is the sum over its interactions.
 * Cost: one pass over the history (bounded by MAX_PROFILE_INTERACTIONS) per horizon.
 */
export function shopperProfile(
  history: ShopperHistory | null,
  context: RecommendationContext | null,
  catalogue: Catalogue,
  options: ProfileOptions,
): Profile {
  const steps: Steps = { product: [], weight: [], evidence: [], nNewer: [] };
  addContext(context, catalogue, options, steps);
  const nContext = steps.product.length;
  if (history !== null) addHistory(history, catalogue, options, steps);
  return foldSteps(steps, options.horizons, history?.segments ?? [], steps.product.length > nContext);
}

/** The cart is the firmest word, then what was viewed last. */
function addContext(
  context: RecommendationContext | null,
  catalogue: Catalogue,
  { weightOf, weightPower }: ProfileOptions,
  steps: Steps,
): void {
  const add = (ids: readonly string[], action: number, evidence: Evidence) => {
    for (let i = ids.length - 1; i >= 0; i--) {
      const index = catalogue.indexOf(ids[i]);
      if (index >= 0)
        push(steps, index, signedPower(weightOf(action, Number.NaN), weightPower), evidence, steps.product.length);
    }
  };
  add(context?.cartProductIds ?? [], ACTION.add_to_cart, "inCart");
  add(context?.viewedProductIds ?? [], ACTION.view, "viewed");
}

function addHistory(
  history: ShopperHistory,
  catalogue: Catalogue,
  { weightOf, halfLifeDays, weightPower }: ProfileOptions,
  steps: Steps,
): void {
  const n = history.productNo.length;
  const newest = n === 0 ? Number.NaN : history.occurredAtMs[0];
  const perMs = 1 / (halfLifeDays * DAY_MS);
  let oldestAge = 0;
  let nNewer = steps.product.length;
  let before = Number.NaN;
  for (let i = 0; i < n; i++) {
    const time = history.occurredAtMs[i];
    // What happened in one instant, an order, has no order of its own; nor have interactions of unknown time.
    if (i > 0 && time !== before && !(Number.isNaN(time) && Number.isNaN(before))) nNewer = steps.product.length;
    before = time;
    const index = catalogue.indexOfProductNo(history.productNo[i]);
    const weight = weightOf(history.action[i], history.value[i]);
    if (weight === 0 || index < 0) continue;
    let age = (newest - time) * perMs;
    if (Number.isNaN(age)) age = Number.isNaN(newest) ? 0 : Math.max(oldestAge, UNKNOWN_AGE_HALF_LIVES);
    else oldestAge = Math.max(oldestAge, age);
    push(
      steps,
      index,
      signedPower(weight, weightPower) * 2 ** -age,
      history.action[i] === ACTION.purchase ? "bought" : "viewed",
      nNewer,
    );
  }
}

/** What counts against a product still does. */
function signedPower(weight: number, power: number): number {
  return power === 1 ? weight : Math.sign(weight) * Math.abs(weight) ** power;
}

function push(steps: Steps, product: number, weight: number, evidence: Evidence, nNewer: number): void {
  steps.product.push(product);
  steps.weight.push(weight);
  steps.evidence.push(evidence);
  steps.nNewer.push(nNewer);
}

const STRENGTH: Record<Evidence, number> = { subject: 0, viewed: 1, inCart: 2, bought: 3 };

function foldSteps(
  steps: Steps,
  horizons: readonly number[],
  segments: readonly string[],
  hasHistory: boolean,
): Profile {
  const entryOf = new Map<number, number>();
  const product: number[] = [];
  const evidence: Evidence[] = [];
  const entry = steps.product.map((index, i) => {
    let e = entryOf.get(index);
    if (e === undefined) {
      e = product.length;
      entryOf.set(index, e);
      product.push(index);
      evidence.push(steps.evidence[i]);
    } else if (STRENGTH[steps.evidence[i]] > STRENGTH[evidence[e]]) evidence[e] = steps.evidence[i];
    return e;
  });
  const weights = horizons.map((horizon) => {
    const weight = new Float64Array(product.length);
    for (let i = 0; i < entry.length; i++) {
      weight[entry[i]] += horizon === 0 ? steps.weight[i] : steps.weight[i] * Math.exp(-steps.nNewer[i] / horizon);
    }
    dropNegligible(weight);
    return weight;
  });
  return { product: Int32Array.from(product), evidence, weights, nEvents: steps.product.length, segments, hasHistory };
}

/** Entries below a share of the largest, or below the MAX_ENTRIES-th, count no more. */
function dropNegligible(weight: Float64Array): void {
  let largest = 0;
  for (let e = 0; e < weight.length; e++) largest = Math.max(largest, Math.abs(weight[e]));
  let least = largest * NEGLIGIBLE_SHARE;
  if (weight.length > MAX_ENTRIES)
    least = Math.max(least, kthLargest(weight.map(Math.abs), weight.length, MAX_ENTRIES));
  for (let e = 0; e < weight.length; e++) if (Math.abs(weight[e]) < least) weight[e] = 0;
}
