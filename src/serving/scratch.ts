import { SIGNAL_NAMES } from "../domain/setting.js";
import { Accumulator } from "../signals/accumulator.js";
import type { HistoryIndex } from "../signals/historyIndex.js";
import { HistoryScratch } from "../signals/historySearch.js";
import { Proposals } from "./proposals.js";
import type { ServedModel } from "./servedModel.js";
import { compareTies } from "./ties.js";

/** Room for products that are still to come, so that a trickle of them does not cost a new memory each. */
const GROWTH = 1.05;

/**
 * Working memory of one list, allocated once per model. Safe to share between lists: the candidates of a list are
 * gathered in one go, without awaiting anything.
 */
export class Scratch {
  /** Positive answers, one accumulator per signal. Like the rest it has room for every product, and is made anew when more come. */
  answers: readonly Accumulator[] = [];
  /** What negative profile entries take away, for the signal being accumulated. */
  objections = new Accumulator(0);
  proposals: Proposals;
  /** Per product 2·list when it is excluded from that list, 2·list + 1 when it is in it; older marks mean nothing. */
  private mark = new Float64Array(0);
  private list = 0;
  private readonly historyScratches = new WeakMap<HistoryIndex, HistoryScratch>();

  constructor(readonly served: ServedModel) {
    this.proposals = this.grow(served.catalogue.length);
  }

  /** Start a list: nothing is excluded, nothing is in it. Cost: constant, unless products arrived. */
  begin(): void {
    this.list++;
    const { length } = this.served.catalogue;
    if (length > this.mark.length) this.proposals = this.grow(Math.ceil(length * GROWTH));
  }

  private grow(nProducts: number): Proposals {
    this.answers = SIGNAL_NAMES.map(() => new Accumulator(nProducts));
    this.objections = new Accumulator(nProducts);
    this.mark = new Float64Array(nProducts);
    return new Proposals(nProducts, (a, b) => compareTies(this.served, a, b));
  }

  /** Working memory of a search among these histories. */
  historyScratch(index: HistoryIndex): HistoryScratch {
    let scratch = this.historyScratches.get(index);
    if (scratch === undefined) {
      scratch = new HistoryScratch(index);
      this.historyScratches.set(index, scratch);
    }
    return scratch;
  }

  exclude(index: number): void {
    this.mark[index] = 2 * this.list;
  }

  isExcluded(index: number): boolean {
    return this.mark[index] === 2 * this.list;
  }

  /** Put a product into the list; false when it is excluded or already in it. */
  include(index: number): boolean {
    if (this.mark[index] >= 2 * this.list) return false;
    this.mark[index] = 2 * this.list + 1;
    return true;
  }
}
