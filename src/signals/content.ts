/**
 * Alike by what they are: cosine of TF-IDF vectors over the words of name and description, category path, tags, brand
 * and price bucket, sharpened by the fourth power so that two shared common words do not outweigh one real match.
 *
 *   w(j, t) = field(t) · ln(1 + n/df(t))      M[j, i] = cos(w(j), w(i))^4
 *
 * Source: Salton & Buckley 1988 (term weighting). Cost: Σ_t df(t)² additions over words carried by at most a fifth of
 * the products; a word that half of the shop shares says nothing and would cost most.
 */
import { attributeTerms } from "./attributeTerms.js";
import { independentRows } from "./fitRows.js";
import type { MatrixFit, MatrixSignal, Parameters, ProductAttributes, RowKernel, SignalInput } from "./signal.js";

const MAX_DOCUMENT_SHARE = 0.2;
/** Below this many products every word counts: a share of a handful is no evidence that a word is common. */
const SMALL_CATALOGUE = 200;

export const content: MatrixSignal = {
  name: "content",
  defaults: { k: 100, sharpness: 4, horizon: 0 },
  prepare,
};

/** Products × terms (CSR) with unit rows, and the same turned round. */
interface TermVectors {
  readonly start: Int32Array;
  readonly term: Int32Array;
  readonly weight: Float32Array;
  readonly postingStart: Int32Array;
  readonly postingProduct: Int32Array;
  readonly postingWeight: Float32Array;
}

function prepare(input: SignalInput, parameters: Parameters): MatrixFit | null {
  const vectors = termVectors(input.attributes);
  if (vectors.term.length === 0) return null;
  const kernel: RowKernel = (product, row) => {
    for (let e = vectors.start[product]; e < vectors.start[product + 1]; e++) {
      const t = vectors.term[e];
      const weight = vectors.weight[e];
      for (let p = vectors.postingStart[t]; p < vectors.postingStart[t + 1]; p++) {
        row.add(vectors.postingProduct[p], weight * vectors.postingWeight[p]);
      }
    }
    for (let t = 0; t < row.nTouched; t++) row.sum[row.touched[t]] **= parameters.sharpness;
  };
  return independentRows(kernel, input, { k: parameters.k });
}

function termVectors(attributes: readonly ProductAttributes[]): TermVectors {
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
