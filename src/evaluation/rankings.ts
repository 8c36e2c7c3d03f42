import type { Baseline, Baselines } from "./baselines.js";
import type { ListLine } from "./computeLists.js";
import { type ListQuality, measureQuality } from "./listQuality.js";
import { type RankMetrics, scoreLists } from "./metrics.js";
import type { TestCase } from "./testSet.js";

export type RankerName = "model" | Baseline["name"];
export type ShopperGroup = "all" | "warm" | "cold";

/** One line of the result: one ranker for one group of shoppers. */
export interface RankingRow extends RankMetrics, ListQuality {
  readonly group: ShopperGroup;
  readonly ranker: RankerName;
}

/** The lists of every ranker, for the same cases and in their order. */
export type ListsByRanker = ReadonlyMap<RankerName, readonly (readonly string[])[]>;

/** What the baselines would have listed where the model did, under the same rules. */
export interface BaselineRules {
  readonly productIds: readonly string[];
  readonly indexOf: (productId: string) => number;
  readonly isRecommendable: (index: number) => boolean;
  /** Products that the list of a case leaves out. */
  readonly excludedFrom: (one: TestCase) => Iterable<string>;
}

/** Lists of the model and of all baselines. Cost: as the baselines'; what is left out is looked up once a case. */
export function listsByRanker(
  cases: readonly TestCase[],
  model: readonly ListLine[],
  { baselines }: Baselines,
  rules: BaselineRules,
  k: number,
): ListsByRanker {
  const lists = new Map<RankerName, (readonly string[])[]>([["model", model.map((line) => line.recommendations)]]);
  for (const { name } of baselines) lists.set(name, []);
  for (const one of cases) {
    const excluded = new Set(Array.from(rules.excludedFrom(one), rules.indexOf));
    const mayBeListed = (product: number) => !excluded.has(product) && rules.isRecommendable(product);
    for (const baseline of baselines) {
      const best = baseline.best(one, k, mayBeListed);
      lists.get(baseline.name)?.push(best.map((index) => rules.productIds[index]));
    }
  }
  return lists;
}

export interface MeasureOptions {
  readonly universe: ReadonlySet<string>;
  readonly k: number;
  readonly choices: Baselines["choices"];
  readonly indexOf: (productId: string) => number;
}

/** Measure every ranker for all cases, and for warm and cold ones apart where there are both. */
export function measureRankings(
  cases: readonly TestCase[],
  lists: ListsByRanker,
  options: MeasureOptions,
): readonly RankingRow[] {
  const rows: RankingRow[] = [];
  for (const { group, members } of groupsOf(cases)) {
    for (const [ranker, all] of lists) {
      const own = members.map((position) => all[position]);
      const ownCases = members.map((position) => cases[position]);
      const metrics = scoreLists(ownCases, own, options.universe, options.k);
      rows.push({ group, ranker, ...metrics, ...qualityOf(own, options) });
    }
  }
  return rows;
}

/** A case whose every wanted product left the test counts for nothing. */
function groupsOf(cases: readonly TestCase[]): { group: ShopperGroup; members: readonly number[] }[] {
  const counted = [...cases.keys()].filter((position) => cases[position].wanted.size > 0);
  const warm = counted.filter((position) => cases[position].isWarm);
  const cold = counted.filter((position) => !cases[position].isWarm);
  const all = { group: "all" as const, members: counted };
  if (warm.length === 0 || cold.length === 0) return [all];
  return [all, { group: "warm", members: warm }, { group: "cold", members: cold }];
}

function qualityOf(lists: readonly (readonly string[])[], { indexOf, choices, k }: MeasureOptions): ListQuality {
  const isKnown = (index: number) => index >= 0 && index < choices.nProducts;
  const indexes = lists.map((list) => list.slice(0, k).map(indexOf).filter(isKnown));
  return measureQuality(indexes, choices);
}
