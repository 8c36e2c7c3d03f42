import type { Catalogue } from "./catalogue.js";
import type { LikenessFinder } from "./likeness.js";
import type { DiversityRules } from "./servingRules.js";

/** A list before its places are given. */
export interface RankedRows {
  /** Rows best first. */
  readonly ranked: readonly number[];
  /** Catalogue index and score of each row. */
  readonly index: readonly number[];
  readonly score: Float32Array;
  /** Products on earlier pages: what follows must differ from them, too, and they count against the caps. */
  readonly shown: readonly number[];
}

/**
 * Maximal marginal relevance with caps. The next place goes to the row with the most
 *
 *   (1 − λ) · score(i)/best − λ · max over products above j of likeness(i, j)        λ = strength
 *
 * among those whose category and brand are below their caps. A cap yields where nothing else is left of what was scored,
 * so no list is shorter for it. Rows of equal worth keep their order.
 *
 * @returns the rows in the order of their places: the first `most` by the rule, the rest as they were ranked
 * Source: Carbonell & Goldstein, The use of MMR, diversity-based reranking, SIGIR 1998.
 * Cost: the likenesses, then rows · most steps.
 */
export function diversify(
  { ranked, index, score, shown }: RankedRows,
  most: number,
  rules: DiversityRules,
  { catalogue, likeness }: { readonly catalogue: Catalogue; readonly likeness: LikenessFinder },
): number[] {
  const { strength } = rules;
  const caps = new Caps(catalogue, rules);
  for (const product of shown) caps.count(product);
  const products = [...index, ...shown];
  const alike = strength === 0 ? null : likeness.between(products);
  const nearest = new Float32Array(index.length);
  const keepApart = (place: number) => {
    if (alike === null) return;
    for (let row = 0; row < nearest.length; row++) {
      nearest[row] = Math.max(nearest[row], alike[place * products.length + row]);
    }
  };
  for (let place = index.length; place < products.length; place++) keepApart(place);
  const best = score[ranked[0]];
  const perScore = best > 0 ? (1 - strength) / best : 0;
  const left = [...ranked];
  const order: number[] = [];
  while (order.length < most && left.length > 0) {
    const worth = (row: number) => perScore * score[row] - strength * nearest[row];
    const [row] = left.splice(
      bestOf(left, worth, (row) => caps.allow(index[row])),
      1,
    );
    order.push(row);
    caps.count(index[row]);
    keepApart(row);
  }
  return order.concat(left);
}

/** Where in `rows` the allowed one of most worth stands, or, when none is allowed, the one of most worth. */
function bestOf(rows: readonly number[], worth: (row: number) => number, isAllowed: (row: number) => boolean): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  let bestOfAll = 0;
  let mostOfAll = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < rows.length; at++) {
    const value = worth(rows[at]);
    if (value > mostOfAll) [bestOfAll, mostOfAll] = [at, value];
    if (value > most && isAllowed(rows[at])) [best, most] = [at, value];
  }
  return best < 0 ? bestOfAll : best;
}

/** How many of each category and brand a list holds. Products without one are not capped. */
class Caps {
  private readonly nOfCategory = new Map<number, number>();
  private readonly nOfBrand = new Map<number, number>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly rules: DiversityRules,
  ) {}

  allow(product: number): boolean {
    const { category, brand } = this.catalogue;
    const nCategory = category[product] < 0 ? 0 : (this.nOfCategory.get(category[product]) ?? 0);
    const nBrand = brand[product] < 0 ? 0 : (this.nOfBrand.get(brand[product]) ?? 0);
    return nCategory < this.rules.perCategory && nBrand < this.rules.perBrand;
  }

  count(product: number): void {
    const { category, brand } = this.catalogue;
    this.nOfCategory.set(category[product], (this.nOfCategory.get(category[product]) ?? 0) + 1);
    this.nOfBrand.set(brand[product], (this.nOfBrand.get(brand[product]) ?? 0) + 1);
  }
}
