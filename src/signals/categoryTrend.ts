/**
 * What the shop chooses right now on each shelf: the trending scores (see trending.ts) of the products of a category.
 *
 *   M[c, i] = T[i] / Σ over products of c of T        for i in c
 *
 * "Home > Kitchen" is a row, and so is "Home", which holds the products of all shelves below it.
 * Cost: that of trending, plus one pass over the products.
 */
import type { ProductAttributes, SignalInput, WholeSignal } from "./signal.js";
import { trending } from "./trending.js";
import { assembleTrendRows, type TrendRows } from "./trendRows.js";

/** A shelf with fewer products on the move has no trend of its own. */
const MIN_MOVING_PRODUCTS = 3;
/** The least score of a product on the move: one view this many half-lives ago. */
const MOVING_HALF_LIVES = 8;

export const categoryTrend: WholeSignal<TrendRows> = {
  name: "categoryTrend",
  defaults: { halfLifeDays: 7, weightPower: 1, k: 200 },
  fit: (input, parameters) => {
    const trend = trending.fit(input, parameters);
    return trend === null ? null : fitCategories(input, trend, parameters.k);
  },
};

function fitCategories({ attributes, tieRank }: SignalInput, trend: Float32Array, k: number): TrendRows | null {
  const moving = 2 ** -MOVING_HALF_LIVES;
  const productsOf = new Map<string, number[]>();
  for (let product = 0; product < attributes.length; product++) {
    if (trend[product] < moving) continue;
    for (const path of categoryPaths(attributes[product])) {
      const products = productsOf.get(path);
      if (products === undefined) productsOf.set(path, [product]);
      else products.push(product);
    }
  }
  const rows = [...productsOf.keys()].filter((path) => productsOf.get(path)!.length >= MIN_MOVING_PRODUCTS).sort();
  if (rows.length === 0) return null;
  const scoresOf = (row: number) => {
    const product = Int32Array.from(productsOf.get(rows[row])!);
    return { product, score: Float64Array.from(product, (p) => trend[p]) };
  };
  return assembleTrendRows(rows, scoresOf, { k, tieRank });
}

/** A product's category and all that lie above it: "A > B > C" gives "A", "A > B" and "A > B > C". */
export function categoryPaths({ category }: Pick<ProductAttributes, "category">): string[] {
  const parts = (category ?? "")
    .split(">")
    .map((part) => part.trim())
    .filter(Boolean);
  return parts.map((_, depth) => parts.slice(0, depth + 1).join(" > "));
}
