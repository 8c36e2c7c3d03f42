import type { Accumulator } from "./accumulator.js";
import { attributeTerms } from "./attributeTerms.js";
import { oncePer } from "./oncePer.js";
import type { ProductAttributes } from "./signal.js";

const MAX_DOCUMENT_SHARE = 0.2;
/** Below this many products every word counts: a share of a handful is no evidence that a word is common. */
const SMALL_CATALOGUE = 200;

/** Products × terms (CSR) with unit rows, and the same turned round. */
export interface TermVectors {
  readonly start: Int32Array;
  readonly term: Int32Array;
  readonly weight: Float32Array;
  readonly postingStart: Int32Array;
  readonly postingProduct: Int32Array;
  readonly postingWeight: Float32Array;
}

/** The terms of a catalogue by number, and how many products carry each. */
export class Vocabulary {
  readonly numberOf = new Map<string, number>();
  readonly nDocuments: number[] = [];
  nProducts = 0;

  /** Count one more product; returns the weight of its field by number of the term. */
  count(product: ProductAttributes): Map<number, number> {
    this.nProducts++;
    const counted = new Map<number, number>();
    for (const [text, fieldWeight] of attributeTerms(product)) {
      let t = this.numberOf.get(text);
      if (t === undefined) {
        t = this.numberOf.size;
        this.numberOf.set(text, t);
        this.nDocuments.push(0);
      }
      this.nDocuments[t]++;
      counted.set(t, fieldWeight);
    }
    return counted;
  }

  /** ln(1 + n/df): what no product carries is as rare as can be. */
  rarity(term: number | undefined): number {
    return Math.log(1 + this.nProducts / (term === undefined ? 1 : this.nDocuments[term]));
  }
}

/**
 * TF-IDF vectors of what products are: w(j, t) = field(t) · ln(1 + n/df(t)), each product's vector scaled to length 1.
 * Terms of one product only, or of more than a fifth of all, are left out after the scaling.
 *
 * Not to be written into. Source: Salton & Buckley 1988 (term weighting). Cost: one pass over all terms, once.
 */
export const termVectors = oncePer((attributes: readonly ProductAttributes[]): TermVectors => {
  const vocabulary = new Vocabulary();
  const documents = attributes.map((product) => vocabulary.count(product));
  return vectorsOf(documents, vocabulary, 2);
});

/**
 * The vectors of counted products.
 *
 * @param documents what `count` returned for each product of the vocabulary
 * @param leastDocuments terms of fewer products are left out: alone they make nothing alike, but a newcomer may have them
 */
export function vectorsOf(
  documents: readonly ReadonlyMap<number, number>[],
  vocabulary: Vocabulary,
  leastDocuments: number,
): TermVectors {
  const { nDocuments } = vocabulary;
  const n = documents.length;
  const most = n <= SMALL_CATALOGUE ? n : Math.max(2, n * MAX_DOCUMENT_SHARE);
  const start = new Int32Array(n + 1);
  const nCounted = documents.reduce((sum, counted) => sum + counted.size, 0);
  const term = new Int32Array(nCounted);
  const weight = new Float64Array(nCounted);
  let end = 0;
  for (let product = 0; product < n; product++) {
    let squares = 0;
    for (const [t, fieldWeight] of documents[product]) {
      const w = fieldWeight * vocabulary.rarity(t);
      squares += w * w;
      if (nDocuments[t] < leastDocuments || nDocuments[t] > most) continue;
      term[end] = t;
      weight[end++] = w;
    }
    const length = Math.sqrt(squares);
    for (let e = start[product]; e < end; e++) weight[e] /= length;
    start[product + 1] = end;
  }
  const kept = { term: term.slice(0, end), weight: Float32Array.from(weight.subarray(0, end)) };
  return { start, ...kept, ...postings(start, kept.term, kept.weight) };
}

function postings(start: Int32Array, term: Int32Array, weight: Float32Array) {
  const nTerms = term.reduce((most, t) => Math.max(most, t + 1), 0);
  const postingStart = new Int32Array(nTerms + 1);
  for (const t of term) postingStart[t + 1]++;
  for (let t = 0; t < nTerms; t++) postingStart[t + 1] += postingStart[t];
  const next = postingStart.slice(0, nTerms);
  const postingProduct = new Int32Array(term.length);
  const postingWeight = new Float32Array(term.length);
  for (let product = 0; product + 1 < start.length; product++) {
    for (let e = start[product]; e < start[product + 1]; e++) {
      const slot = next[term[e]]++;
      postingProduct[slot] = product;
      postingWeight[slot] = weight[e];
    }
  }
  return { postingStart, postingProduct, postingWeight };
}

/** Add the cosine of one product with every product that shares a term with it, itself included. */
export function addCosines(vectors: TermVectors, product: number, row: Accumulator): void {
  for (let e = vectors.start[product]; e < vectors.start[product + 1]; e++) {
    const t = vectors.term[e];
    const weight = vectors.weight[e];
    for (let p = vectors.postingStart[t]; p < vectors.postingStart[t + 1]; p++) {
      row.add(vectors.postingProduct[p], weight * vectors.postingWeight[p]);
    }
  }
}

/** Add the cosine of a product that is not among the vectors with every product that shares a term with it. */
export function addNewcomerCosines(
  vectors: TermVectors,
  vocabulary: Vocabulary,
  newcomer: ProductAttributes,
  row: Accumulator,
): void {
  const weighted = [...attributeTerms(newcomer)].map(([text, fieldWeight]) => {
    const t = vocabulary.numberOf.get(text);
    return { t, weight: fieldWeight * vocabulary.rarity(t) };
  });
  const length = Math.sqrt(weighted.reduce((squares, { weight }) => squares + weight * weight, 0));
  for (const { t, weight } of weighted) {
    if (t === undefined || t + 1 >= vectors.postingStart.length) continue;
    for (let p = vectors.postingStart[t]; p < vectors.postingStart[t + 1]; p++) {
      row.add(vectors.postingProduct[p], (weight / length) * vectors.postingWeight[p]);
    }
  }
}
