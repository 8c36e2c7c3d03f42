import { SIGNAL_NAMES } from "../domain/setting.js";
import { Accumulator } from "../signals/accumulator.js";
import type { HistoryIndex } from "../signals/historyIndex.js";
import { HistoryScratch } from "../signals/historySearch.js";
import { Proposals } from "./proposals.js";
import type { ServedModel } from "./servedModel.js";

/**
 * Working memory of one list, allocated once per model. Safe to share between lists: the candidates of a list are
 * gathered in one go, without awaiting anything.
 */
export class Scratch {
  /** Positive answers, one accumulator per signal. */
  readonly answers: readonly Accumulator[];
  /** What negative profile entries take away, for the signal being accumulated. */
  readonly objections: Accumulator;
  readonly proposals: Proposals;
  /** Per product 2·list when it is excluded from that list, 2·list + 1 when it is in it; older marks mean nothing. */
  private mark: Float64Array;
  private list = 0;
  private readonly historyScratches = new WeakMap<HistoryIndex, HistoryScratch>();

  constructor(readonly served: ServedModel) {
    const { nModelProducts } = served.catalogue;
    this.answers = SIGNAL_NAMES.map(() => new Accumulator(nModelProducts));
    this.objections = new Accumulator(nModelProducts);
    this.proposals = new Proposals(nModelProducts, served.tieRank);
    this.mark = new Float64Array(served.catalogue.length);
  }

  /** Start a list: nothing is excluded, nothing is in it. Cost: constant, unless products arrived. */
  begin(): void {
    this.list++;
    if (this.mark.length < this.served.catalogue.length) this.mark = new Float64Array(this.served.catalogue.length);
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
