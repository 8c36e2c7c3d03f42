/**
 * Products that came after training, placed by what they are among those that were there.
 *
 *   content     row of N: c(N, i), its k best, sum 1      column: M[j, N] = c(j, N) / (S(j) + c(j, N))
 *   inherited   M[j, N] = Σ_n L[N, n] · (C[j, n] + OWN·[j = n])
 *
 * c(a, b) = cos(w(a), w(b))^sharpness over the TF-IDF vectors of content.ts, with the document frequencies of the model's
 * products; S(j) is the sum that scaled row j when it was trained, so a newcomer stands in the row as if it had been
 * there. L[N, ·] holds the products most like N that have choices, sum 1; C is the collaborative matrix: what
 * inherited.ts says of a product without choices. Rows keep their k best newcomers.
 */
import { Accumulator } from "./accumulator.js";
import { OWN } from "./inherited.js";
import type { Parameters, ProductAttributes } from "./signal.js";
import type { SparseMatrix } from "./sparseMatrix.js";
import { addNewcomerCosines, type TermVectors, type Vocabulary } from "./termVectors.js";
import { TopK } from "./topK.js";

/** Newcomers take over from fewer than the training allows: the nearest say most, and many may come at once. */
const MAX_NEIGHBOURS = 30;

/** What newcomers are placed among. */
export interface KnownProducts {
  readonly vectors: TermVectors;
  readonly vocabulary: Vocabulary;
  readonly content: SparseMatrix;
  readonly popularity: Float32Array;
  readonly tieRank: Int32Array;
  readonly contentParameters: Parameters;
  readonly inheritedParameters: Parameters;
}

/** One newcomer among the known products, each as a matrix of one row. */
export interface Likenesses {
  /** c(N, i), the k best. */
  readonly content: SparseMatrix;
  /** L. */
  readonly inherited: SparseMatrix;
}

/** Places newcomers; keeps working memory of the size of the catalogue between calls. */
export class NewcomerPlacer {
  private readonly cosines: Accumulator;
  private readonly termWeight: Float64Array;
  /** S per known product, NaN until asked for. */
  private readonly rowSum: Float64Array;
  private readonly best: TopK;
  private readonly chosen: TopK;

  constructor(private readonly known: KnownProducts) {
    this.cosines = new Accumulator(known.popularity.length);
    this.termWeight = new Float64Array(known.vocabulary.nDocuments.length);
    this.rowSum = new Float64Array(known.popularity.length).fill(Number.NaN);
    this.best = new TopK(known.contentParameters.k, known.tieRank);
    this.chosen = new TopK(Math.min(known.inheritedParameters.neighbours, MAX_NEIGHBOURS), known.tieRank);
  }

  /** How one newcomer is alike. Cost: the postings of its terms. */
  likenesses(newcomer: ProductAttributes): Likenesses {
    const { known, cosines, best, chosen } = this;
    const { popularity, contentParameters, inheritedParameters } = known;
    addNewcomerCosines(known.vectors, known.vocabulary, newcomer, cosines);
    for (let t = 0; t < cosines.nTouched; t++) {
      const product = cosines.touched[t];
      best.offer(product, cosines.sum[product]);
      if (popularity[product] > 0) chosen.offer(product, cosines.sum[product]);
    }
    cosines.clear();
    return {
      content: sharpened(best, contentParameters.sharpness, popularity.length),
      inherited: scaled(sharpened(chosen, inheritedParameters.sharpness, popularity.length)),
    };
  }

  /** M[j, N] of content for a likeness c(j, N). Cost: once per j, the terms of its row's products. */
  contentValue(j: number, likeness: number): number {
    if (Number.isNaN(this.rowSum[j])) this.rowSum[j] = this.sumOfRow(j);
    return likeness / (this.rowSum[j] + likeness);
  }

  /** Σ_i c(j, i) over the entries of content row j; 0 where it is empty. */
  private sumOfRow(j: number): number {
    const { vectors, content, contentParameters } = this.known;
    const { start, term, weight } = vectors;
    const { termWeight } = this;
    for (let e = start[j]; e < start[j + 1]; e++) termWeight[term[e]] = weight[e];
    let sum = 0;
    for (let n = content.rowStart[j]; n < content.rowStart[j + 1]; n++) {
      const i = content.col[n];
      let cosine = 0;
      for (let e = start[i]; e < start[i + 1]; e++) cosine += termWeight[term[e]] * weight[e];
      sum += cosine ** contentParameters.sharpness;
    }
    for (let e = start[j]; e < start[j + 1]; e++) termWeight[term[e]] = 0;
    return sum;
  }
}

/**
 * Row j of the inherited matrix, over newcomers alone.
 *
 * @param heirs L turned round: known products × newcomers
 * @param row empty; receives the answers
 * Cost: for each collaborative neighbour of j the newcomers that are like it.
 */
export function addInheritedRow(collaborative: SparseMatrix, heirs: SparseMatrix, j: number, row: Accumulator): void {
  for (let e = collaborative.rowStart[j]; e < collaborative.rowStart[j + 1]; e++) {
    row.addRow(heirs, collaborative.col[e], collaborative.value[e]);
  }
  row.addRow(heirs, j, OWN);
}

/** A heap of cosines as a matrix of one row, to the power that the signal takes them. */
function sharpened(cosines: TopK, sharpness: number, nCols: number): SparseMatrix {
  const n = cosines.length;
  const col = new Int32Array(n);
  const value = new Float32Array(n);
  cosines.drainInto(col, value, 0);
  return { nRows: 1, nCols, rowStart: Int32Array.of(0, n), col, value: value.map((cosine) => cosine ** sharpness) };
}

function scaled(row: SparseMatrix): SparseMatrix {
  const sum = row.value.reduce((total, value) => total + value, 0);
  return sum === 0 ? row : { ...row, value: row.value.map((value) => value / sum) };
}
