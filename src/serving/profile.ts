import { ACTION } from "../domain/interaction.js";
import type { InteractionWeight } from "../domain/interactionWeight.js";
import type { ShopperHistory } from "../domain/ports.js";
import type { RecommendationContext } from "../domain/recommendation.js";
import { kthLargest } from "../signals/kthLargest.js";
import type { Catalogue } from "./catalogue.js";

/** How a product came into a profile; decides what a shopper is told ("because you bought …"). */
export type Evidence = "bought" | "viewed" | "inCart" | "subject";

/** A sparse weighted vector over products: a shopper, a cart, a session or one product. */
export interface Profile {
  readonly product: Int32Array;
  readonly weight: Float64Array;
  readonly evidence: readonly Evidence[];
  /** True when part of it comes from the shopper's stored history, not only from what they do right now. */
  readonly hasHistory: boolean;
}

export interface ProfileOptions {
  readonly weightOf: InteractionWeight;
  readonly halfLifeDays: number;
}

const DAY_MS = 86_400_000;
/** Profile products below this share of the largest weight change nothing visible and cost a row each. */
const NEGLIGIBLE_SHARE = 0.05;
/** A profile of more products says no more; without a bound the few longest histories take most of a batch's time. */
const MAX_ENTRIES = 100;
/** An interaction of unknown time is old: at least this many half-lives. */
const UNKNOWN_AGE_HALF_LIVES = 4;

export function productProfile(index: number): Profile {
  if (index < 0) return EMPTY_PROFILE;
  return { product: Int32Array.of(index), weight: Float64Array.of(1), evidence: ["subject"], hasHistory: false };
}

export const EMPTY_PROFILE: Profile = {
  product: new Int32Array(0),
  weight: new Float64Array(0),
  evidence: [],
  hasHistory: false,
};

/**
 * The profile of a shopper: their interactions weighted by action and by age, which counts from the profile's own newest
 * one, so a shopper who comes back after a year still has their taste. What they view and put in the cart right now
 * joins as newest. A product's weight is the sum over its interactions; products that end at weight 0 are left out.
 * Cost: one pass over the history (bounded by MAX_PROFILE_INTERACTIONS).
 */
export function shopperProfile(
  history: ShopperHistory | null,
  context: RecommendationContext | null,
  catalogue: Catalogue,
  options: ProfileOptions,
): Profile {
  const entries = new Map<number, { weight: number; evidence: Evidence }>();
  const add = (index: number, weight: number, evidence: Evidence) => {
    if (index < 0 || weight === 0) return;
    const entry = entries.get(index);
    if (entry === undefined) entries.set(index, { weight, evidence });
    else {
      entry.weight += weight;
      if (STRENGTH[evidence] > STRENGTH[entry.evidence]) entry.evidence = evidence;
    }
  };
  if (history !== null) addHistory(history, catalogue, options, add);
  const hasHistory = entries.size > 0;
  for (const id of context?.viewedProductIds ?? []) {
    add(catalogue.indexOf(id), options.weightOf(ACTION.view, Number.NaN), "viewed");
  }
  for (const id of context?.cartProductIds ?? []) {
    add(catalogue.indexOf(id), options.weightOf(ACTION.add_to_cart, Number.NaN), "inCart");
  }
  return withoutNegligible(entries, hasHistory);
}

const STRENGTH: Record<Evidence, number> = { subject: 0, viewed: 1, inCart: 2, bought: 3 };

function addHistory(
  history: ShopperHistory,
  catalogue: Catalogue,
  { weightOf, halfLifeDays }: ProfileOptions,
  add: (index: number, weight: number, evidence: Evidence) => void,
): void {
  const n = history.productNo.length;
  const newest = n === 0 ? Number.NaN : history.occurredAtMs[0];
  const perMs = 1 / (halfLifeDays * DAY_MS);
  let oldestAge = 0;
  for (let i = 0; i < n; i++) {
    const weight = weightOf(history.action[i], history.value[i]);
    if (weight === 0) continue;
    let age = (newest - history.occurredAtMs[i]) * perMs;
    if (Number.isNaN(age)) age = Number.isNaN(newest) ? 0 : Math.max(oldestAge, UNKNOWN_AGE_HALF_LIVES);
    else oldestAge = Math.max(oldestAge, age);
    const evidence = history.action[i] === ACTION.purchase ? "bought" : "viewed";
    add(catalogue.indexOfProductNo(history.productNo[i]), weight * 2 ** -age, evidence);
  }
}

function withoutNegligible(entries: Map<number, { weight: number; evidence: Evidence }>, hasHistory: boolean): Profile {
  const least = leastWeight(entries);
  const kept = [...entries].filter(([, { weight }]) => weight !== 0 && Math.abs(weight) >= least);
  return {
    product: Int32Array.from(kept, ([index]) => index),
    weight: Float64Array.from(kept, ([, entry]) => entry.weight),
    evidence: kept.map(([, entry]) => entry.evidence),
    hasHistory,
  };
}

/** The weight below which an entry is left out: a share of the largest, or that of the MAX_ENTRIES-th. */
function leastWeight(entries: ReadonlyMap<number, { readonly weight: number }>): number {
  const weights = new Float64Array(entries.size);
  let n = 0;
  let largest = 0;
  for (const { weight } of entries.values()) {
    weights[n++] = Math.abs(weight);
    largest = Math.max(largest, Math.abs(weight));
  }
  const share = largest * NEGLIGIBLE_SHARE;
  return n <= MAX_ENTRIES ? share : Math.max(share, kthLargest(weights, n, MAX_ENTRIES));
}
