import { ACTION } from "../domain/interaction.js";
import type { InteractionWeight } from "../domain/interactionWeight.js";
import type { ServedModel } from "../serving/servedModel.js";
import type { InteractionTable } from "../training/interactionTable.js";
import { type ChoicePairs, collectChoices, isChosen, nShoppersOf, type RowFilter } from "./choices.js";
import { CoPurchase } from "./coPurchase.js";
import type { MemoryHistories } from "./memoryHistories.js";
import type { TestCase } from "./testSet.js";

/** What ranks products without any model: what a shop would have to be better than. */
export interface Baseline {
  readonly name: "popularity" | "recent popularity" | "co-purchase";
  /** The k best model indexes for one case that may be listed. */
  best(one: TestCase, k: number, mayBeListed: (product: number) => boolean): number[];
}

export interface Baselines {
  readonly baselines: readonly Baseline[];
  /** Everything that was chosen, for measures of lists. */
  readonly choices: ChoicePairs;
}

const RECENT_MS = 30 * 86_400_000;

/**
 * The three baselines over what a shop's shoppers chose. Recent popularity, over the 30 days before the newest
 * interaction, is absent where no time is known.
 */
export function createBaselines(
  table: InteractionTable,
  histories: MemoryHistories,
  served: ServedModel,
  weightOf: InteractionWeight,
): Baselines {
  const { catalogue, tieRank } = served;
  const productIndex = Int32Array.from(table.products.texts, (productId) => catalogue.indexOf(productId));
  const collect = (filter: RowFilter) => collectChoices(table, productIndex, catalogue.nModelProducts, filter);
  const chosen = isChosen(table, weightOf);
  const choices = collect(chosen);
  const popular = orderByCount(nShoppersOf(choices), tieRank);
  const baselines: Baseline[] = [walkOrder("popularity", popular)];
  const isRecent = recentRows(table);
  if (isRecent !== null) {
    const recent = collect((row) => chosen(row) && isRecent(row));
    baselines.push(walkOrder("recent popularity", orderByCount(nShoppersOf(recent), tieRank)));
  }
  const hasPurchases = table.action.includes(ACTION.purchase);
  const bought = hasPurchases ? collect((row) => table.action[row] === ACTION.purchase) : choices;
  const indexOf = (productId: string) => catalogue.indexOf(productId);
  baselines.push(coPurchase(new CoPurchase(bought, tieRank), popular, ownProducts(bought, histories, indexOf)));
  return { baselines, choices };
}

function recentRows(table: InteractionTable): RowFilter | null {
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const timeMs of table.timeMs) if (timeMs > newestMs) newestMs = timeMs;
  return newestMs === Number.NEGATIVE_INFINITY ? null : (row) => table.timeMs[row] > newestMs - RECENT_MS;
}

function orderByCount(count: Float64Array, tieRank: Int32Array): Int32Array {
  return Int32Array.from(count.keys()).sort((a, b) => count[b] - count[a] || tieRank[a] - tieRank[b]);
}

function walkOrder(name: Baseline["name"], order: Int32Array): Baseline {
  return { name, best: (_one, k, mayBeListed) => fillFrom(order, [], k, mayBeListed) };
}

/** What has no common shopper with the case's own products is filled up with what is popular. */
function coPurchase(scores: CoPurchase, popular: Int32Array, ownOf: (one: TestCase) => Iterable<number>): Baseline {
  return {
    name: "co-purchase",
    best: (one, k, mayBeListed) => fillFrom(popular, scores.best(ownOf(one), k, mayBeListed), k, mayBeListed),
  };
}

function fillFrom(order: Int32Array, begun: number[], k: number, mayBeListed: (product: number) => boolean): number[] {
  const list = [...begun];
  for (let o = 0; o < order.length && list.length < k; o++) {
    if (mayBeListed(order[o]) && !begun.includes(order[o])) list.push(order[o]);
  }
  return list;
}

function ownProducts(
  bought: ChoicePairs,
  histories: MemoryHistories,
  indexOf: (productId: string) => number,
): (one: TestCase) => Iterable<number> {
  return ({ userId, session }) => {
    if (userId === null) return new Set(session.map(indexOf).filter((index) => index >= 0 && index < bought.nProducts));
    const shopper = histories.shopperNumber(userId);
    return shopper < 0 ? [] : bought.product.subarray(bought.start[shopper], bought.start[shopper + 1]);
  };
}
