import type { SignalName } from "../domain/setting.js";
import type { Model } from "../model/model.js";
import { Accumulator } from "../signals/accumulator.js";
import { content } from "../signals/content.js";
import { inherited } from "../signals/inherited.js";
import { addInheritedRow, type Likenesses, NewcomerPlacer } from "../signals/newcomers.js";
import type { ProductAttributes } from "../signals/signal.js";
import { joinRows, type SparseMatrix } from "../signals/sparseMatrix.js";
import { Vocabulary, vectorsOf } from "../signals/termVectors.js";
import { TopK } from "../signals/topK.js";
import { transpose } from "../signals/transpose.js";
import type { Catalogue } from "./catalogue.js";
import { LateRows } from "./lateRows.js";
import { Pace } from "./pace.js";

/** Placed together: each batch costs one pass over the collaborative matrix, and memory for its likenesses. */
const BATCH = 2048;

const NO_ATTRIBUTES: ProductAttributes = {
  name: null,
  category: null,
  tags: [],
  brand: null,
  price: null,
  description: null,
};

/** The best newcomers of one row on their way into it. */
interface BestOfRow {
  /** By position in the batch. */
  readonly heap: TopK;
  readonly product: Int32Array;
  readonly value: Float32Array;
}

interface Known {
  readonly content: SparseMatrix | undefined;
  readonly collaborative: SparseMatrix | undefined;
  readonly popularity: Model["popularity"];
  readonly parameters: Model["facts"]["signals"];
}

/**
 * Gives products that came after training their row and column of the signals that know products by their description.
 * Placing goes on beside the requests, a few milliseconds at a time; nothing is kept for it before the first one comes.
 * Whatever the order in which products came, the rows are the same once all are placed.
 */
export class LateProducts {
  private readonly rows: ReadonlyMap<SignalName, LateRows>;
  private readonly isPlaced = new Set<number>();
  private readonly pace = new Pace();
  private placer: Promise<NewcomerPlacer> | null = null;
  private placing: Promise<void> | null = null;
  private isRetired = false;
  /** All that is needed of the model: what answers requests is packed elsewhere, and the rest may go. */
  private readonly known: Known;

  constructor(
    { matrices, popularity, facts }: Model,
    private readonly catalogue: Catalogue,
    private readonly tieRank: Int32Array,
  ) {
    const compare = (a: number, b: number) => catalogue.compareHashes(a, b);
    this.known = {
      content: matrices.get("content"),
      collaborative: matrices.get("collaborative"),
      popularity,
      parameters: facts.signals,
    };
    const names = (["content", "inherited"] as const).filter((name) => matrices.has(name));
    this.rows = new Map(names.map((name) => [name, new LateRows(this.parametersOf(name).k, compare)]));
  }

  /** What late products add to the matrix of a signal; undefined for signals that know nothing of them. */
  rowsOf(name: SignalName): LateRows | undefined {
    return this.rows.get(name);
  }

  /** Place what has come since the last time. Resolves when everything known now, or known while it worked, is placed. */
  place(): Promise<void> {
    this.placing ??= this.placeAll().finally(() => {
      this.placing = null;
    });
    return this.placing;
  }

  /** Another model serves: leave the rest where it is. */
  async retire(): Promise<void> {
    this.isRetired = true;
    await this.placing;
  }

  private async placeAll(): Promise<void> {
    const rows = this.rows.get("content");
    if (rows === undefined) return;
    this.pace.begin();
    for (let batch = this.nextBatch(); batch.length > 0 && !this.isRetired; batch = this.nextBatch()) {
      this.placer ??= this.preparePlacer();
      await this.placeBatch(batch, await this.placer, rows);
    }
  }

  /** Products that can be placed and are not, in an order that settles ties. A stub waits for its description. */
  private nextBatch(): number[] {
    const batch: number[] = [];
    for (let index = this.catalogue.nModelProducts; index < this.catalogue.length && batch.length < BATCH; index++) {
      if (this.isPlaced.has(index) || this.catalogue.storedProduct(index)?.isStub !== false) continue;
      this.isPlaced.add(index);
      batch.push(index);
    }
    return batch.sort((a, b) => this.catalogue.compareHashes(a, b));
  }

  private async placeBatch(batch: readonly number[], placer: NewcomerPlacer, contentRows: LateRows): Promise<void> {
    const blocks: Likenesses[] = [];
    for (const index of batch) {
      if (this.pace.isDue) await this.pace.breathe();
      if (this.isRetired) return;
      blocks.push(placer.likenesses(this.attributesOf(index)));
    }
    const alike = joinRows(blocks.map((block) => block.content));
    await this.pace.breathe();
    await this.hangContent(batch, placer, transpose(alike), contentRows);
    await this.hangInherited(batch, transpose(joinRows(blocks.map((block) => block.inherited))));
    for (let b = 0; b < batch.length && !this.isRetired; b++) {
      if (this.pace.isDue) await this.pace.breathe();
      addOwnRow(batch[b], b, alike, contentRows);
    }
  }

  private async hangContent(
    batch: readonly number[],
    placer: NewcomerPlacer,
    { nRows, rowStart, col, value }: SparseMatrix,
    rows: LateRows,
  ): Promise<void> {
    const best = bestOfRow(batch, this.parametersOf("content").k);
    for (let j = 0; j < nRows && !this.isRetired; j++) {
      if (this.pace.isDue) await this.pace.breathe();
      for (let e = rowStart[j]; e < rowStart[j + 1]; e++) best.heap.offer(col[e], placer.contentValue(j, value[e]));
      hangBest(j, best, batch, rows);
    }
  }

  /** @param heirs known products × newcomers of the batch */
  private async hangInherited(batch: readonly number[], heirs: SparseMatrix): Promise<void> {
    const rows = this.rows.get("inherited");
    const { collaborative } = this.known;
    if (rows === undefined || collaborative === undefined) return;
    const row = new Accumulator(batch.length);
    const best = bestOfRow(batch, this.parametersOf("inherited").k);
    for (let j = 0; j < heirs.nRows && !this.isRetired; j++) {
      if (this.pace.isDue) await this.pace.breathe();
      addInheritedRow(collaborative, heirs, j, row);
      const least = rows.leastOf(j);
      for (let t = 0; t < row.nTouched; t++) {
        const newcomer = row.touched[t];
        if (row.sum[newcomer] >= least) best.heap.offer(newcomer, row.sum[newcomer]);
      }
      row.clear();
      hangBest(j, best, batch, rows);
    }
  }

  private async preparePlacer(): Promise<NewcomerPlacer> {
    const { known, catalogue, tieRank } = this;
    const vocabulary = new Vocabulary();
    const documents: Map<number, number>[] = [];
    for (let index = 0; index < catalogue.nModelProducts; index++) {
      if (this.pace.isDue) await this.pace.breathe();
      documents.push(vocabulary.count(this.attributesOf(index)));
    }
    await this.pace.breathe();
    const vectors = vectorsOf(documents, vocabulary, 1);
    await this.pace.breathe();
    return new NewcomerPlacer({
      vectors,
      vocabulary,
      content: known.content as SparseMatrix,
      popularity: known.popularity,
      tieRank,
      contentParameters: this.parametersOf("content"),
      inheritedParameters: this.parametersOf("inherited"),
    });
  }

  private parametersOf(name: "content" | "inherited") {
    const { defaults } = name === "content" ? content : inherited;
    return { ...defaults, ...this.known.parameters[name] };
  }

  private attributesOf(index: number): ProductAttributes {
    return this.catalogue.storedProduct(index) ?? NO_ATTRIBUTES;
  }
}

function bestOfRow(batch: readonly number[], k: number): BestOfRow {
  // A batch stands in the order that settles ties.
  const tieRank = Int32Array.from(batch.keys());
  return { heap: new TopK(k, tieRank), product: new Int32Array(k), value: new Float32Array(k) };
}

/** Empty the heap into the row of product j. */
function hangBest(j: number, { heap, product, value }: BestOfRow, batch: readonly number[], rows: LateRows): void {
  const n = heap.drainInto(product, value, 0);
  for (let i = 0; i < n; i++) product[i] = batch[product[i]];
  rows.hang(j, product, value, n);
}

function addOwnRow(index: number, b: number, { rowStart, col, value }: SparseMatrix, rows: LateRows): void {
  const products = col.subarray(rowStart[b], rowStart[b + 1]);
  const likeness = value.subarray(rowStart[b], rowStart[b + 1]);
  const sum = likeness.reduce((total, one) => total + one, 0);
  rows.hang(
    index,
    products,
    likeness.map((one) => one / sum),
    products.length,
  );
}
