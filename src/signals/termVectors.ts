import type { Accumulator } from "./accumulator.js";
import { attributeTerms } from "./attributeTerms.js";
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

/**
 * TF-IDF vectors of what products are: w(j, t) = field(t) · ln(1 + n/df(t)), each product's vector scaled to length 1.
 * Terms of one product only, or of more than a fifth of all, are left out after the scaling.
 *
 * Source: Salton & Buckley 1988 (term weighting). Cost: one pass over all terms.
 */
export function termVectors(attributes: readonly ProductAttributes[]): TermVectors {
  const numberOf = new Map<string, number>();
  const documents: Map<number, number>[] = [];
  const nDocuments: number[] = [];
  for (const product of attributes) {
    const counted = new Map<number, number>();
    for (const [text, fieldWeight] of attributeTerms(product)) {
      let t = numberOf.get(text);
      if (t === undefined) {
        t = numberOf.size;
        numberOf.set(text, t);
        nDocuments.push(0);
      }
      nDocuments[t]++;
      counted.set(t, fieldWeight);
    }
    documents.push(counted);
  }
  return normalised(documents, nDocuments);
}

function normalised(documents: readonly Map<number, number>[], nDocuments: readonly number[]): TermVectors {
  const n = documents.length;
  const most = n <= SMALL_CATALOGUE ? n : Math.max(2, n * MAX_DOCUMENT_SHARE);
  const start = new Int32Array(n + 1);
  const term: number[] = [];
  const weight: number[] = [];
  for (let product = 0; product < n; product++) {
    let squares = 0;
    const first = term.length;
    for (const [t, fieldWeight] of documents[product]) {
      const w = fieldWeight * Math.log(1 + n / nDocuments[t]);
      squares += w * w;
      if (nDocuments[t] < 2 || nDocuments[t] > most) continue;
      term.push(t);
      weight.push(w);
    }
    for (let e = first; e < term.length; e++) weight[e] /= Math.sqrt(squares);
    start[product + 1] = term.length;
  }
  return { start, term: Int32Array.from(term), weight: Float32Array.from(weight), ...postings(start, term, weight) };
}

function postings(start: Int32Array, term: readonly number[], weight: readonly number[]) {
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
