import type { SignalName } from "../domain/setting.js";
import type { Model } from "../model/model.js";
import { Accumulator } from "../signals/accumulator.js";
import { content } from "../signals/content.js";
import { inherited } from "../signals/inherited.js";
import { addInheritedRow, type KnownProducts, type Likenesses, NewcomerPlacer } from "../signals/newcomers.js";
import type { ProductAttributes } from "../signals/signal.js";
import { joinRows, type SparseMatrix } from "../signals/sparseMatrix.js";
import { Vocabulary, vectorsOf } from "../signals/termVectors.js";
import { TopK } from "../signals/topK.js";
import { transpose } from "../signals/transpose.js";
import type { Catalogue } from "./catalogue.js";
import { LateRows } from "./lateRows.js";

/** Placed together: each batch costs one pass over the collaborative matrix, and memory for its likenesses. */
const BATCH = 2048;
/** Work between two breaths of the event loop, each a few milliseconds. */
const COUNTED_PER_BREATH = 1000;
const COMPARED_PER_BREATH = 32;
const ROWS_PER_BREATH = 500;

const NO_ATTRIBUTES: ProductAttributes = {
  name: null,
  category: null,
  tags: [],
  brand: null,
  price: null,
  description: null,
};

/**
 * Gives products that came after training their row and column of the signals that know products by their description.
 * Placing goes on beside the requests, a few milliseconds at a time; nothing is kept for it before the first one comes.
 * Whatever the order in which products came, the rows are the same once all are placed.
 */
export class LateProducts {
  private readonly rows: ReadonlyMap<SignalName, LateRows>;
  private readonly isPlaced = new Set<number>();
  private placer: Promise<NewcomerPlacer> | null = null;
  private placing: Promise<void> | null = null;
  private isRetired = false;

  constructor(
    private readonly model: Model,
    private readonly catalogue: Catalogue,
    private readonly tieRank: Int32Array,
  ) {
    const compare = (a: number, b: number) => catalogue.compareHashes(a, b);
    const names = (["content", "inherited"] as const).filter((name) => model.matrices.has(name));
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
    if (!this.rows.has("content")) return;
    for (let batch = this.nextBatch(); batch.length > 0 && !this.isRetired; batch = this.nextBatch()) {
      this.placer ??= this.preparePlacer();
      await this.placeBatch(batch, await this.placer);
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

  private async placeBatch(batch: readonly number[], placer: NewcomerPlacer): Promise<void> {
    const blocks: Likenesses[] = [];
    for (let from = 0; from < batch.length && !this.isRetired; from += COMPARED_PER_BREATH) {
      const slice = batch.slice(from, from + COMPARED_PER_BREATH);
      blocks.push(placer.likenesses(slice.map((index) => this.attributesOf(index))));
      await breath();
    }
    if (this.isRetired) return;
    const alike = joinRows(blocks.map((block) => block.content));
    const heirs = transpose(joinRows(blocks.map((block) => block.inherited)));
    const columns = transpose(alike);
    const row = new Accumulator(batch.length);
    const best = new TopK(this.parametersOf("inherited").k, Int32Array.from(batch.keys()));
    for (let j = 0; j < columns.nRows && !this.isRetired; j++) {
      if (j % ROWS_PER_BREATH === ROWS_PER_BREATH - 1) await breath();
      this.hangContent(j, columns, batch, placer);
      this.hangInherited(j, heirs, batch, row, best);
    }
    for (let b = 0; b < batch.length; b++) this.addOwnRow(batch[b], b, alike);
  }

  private hangContent(j: number, columns: SparseMatrix, batch: readonly number[], placer: NewcomerPlacer): void {
    const from = columns.rowStart[j];
    const to = columns.rowStart[j + 1];
    if (from === to) return;
    const values = columns.value.slice(from, to).map((likeness) => placer.contentValue(j, likeness));
    const order = Int32Array.from(values.keys()).sort((a, b) => values[b] - values[a] || a - b);
    this.rows.get("content")?.hang(j, {
      product: order.map((n) => batch[columns.col[from + n]]),
      value: Float32Array.from(order, (n) => values[n]),
    });
  }

  private hangInherited(j: number, heirs: SparseMatrix, batch: readonly number[], row: Accumulator, best: TopK): void {
    const rows = this.rows.get("inherited");
    const collaborative = this.model.matrices.get("collaborative");
    if (rows === undefined || collaborative === undefined) return;
    addInheritedRow(collaborative, heirs, j, row);
    for (let t = 0; t < row.nTouched; t++) best.offer(row.touched[t], row.sum[row.touched[t]]);
    row.clear();
    const product = new Int32Array(best.length);
    const value = new Float32Array(best.length);
    best.drainInto(product, value, 0);
    rows.hang(j, { product: product.map((b) => batch[b]), value });
  }

  private addOwnRow(index: number, b: number, { rowStart, col, value }: SparseMatrix): void {
    const product = col.slice(rowStart[b], rowStart[b + 1]);
    const likeness = value.slice(rowStart[b], rowStart[b + 1]);
    const sum = likeness.reduce((total, one) => total + one, 0);
    this.rows.get("content")?.hang(index, { product, value: likeness.map((one) => one / sum) });
  }

  private async preparePlacer(): Promise<NewcomerPlacer> {
    const { model, catalogue, tieRank } = this;
    const vocabulary = new Vocabulary();
    const documents: Map<number, number>[] = [];
    for (let index = 0; index < catalogue.nModelProducts; index++) {
      if (index % COUNTED_PER_BREATH === COUNTED_PER_BREATH - 1) await breath();
      documents.push(vocabulary.count(this.attributesOf(index)));
    }
    const known: KnownProducts = {
      vectors: vectorsOf(documents, vocabulary, 1),
      vocabulary,
      content: model.matrices.get("content") as SparseMatrix,
      popularity: model.popularity,
      tieRank,
      contentParameters: this.parametersOf("content"),
      inheritedParameters: this.parametersOf("inherited"),
    };
    return new NewcomerPlacer(known);
  }

  private parametersOf(name: "content" | "inherited") {
    const { defaults } = name === "content" ? content : inherited;
    return { ...defaults, ...this.model.facts.signals[name] };
  }

  private attributesOf(index: number): ProductAttributes {
    return this.catalogue.storedProduct(index) ?? NO_ATTRIBUTES;
  }
}

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
