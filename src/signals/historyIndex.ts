/**
 * Past histories that can be asked "who was like this": sessions or shoppers, as an inverted index. Both directions are
 * CSR; histories are numbered from the most recent (0) to the oldest and the numbers say nothing else.
 */
export interface HistoryIndex {
  /** Length nHistories + 1; history h holds entries start[h] … start[h + 1] − 1, oldest first. */
  readonly start: Int32Array;
  readonly product: Int32Array;
  /** What an entry counts when its history is a neighbour. */
  readonly weight: Float32Array;
  /** Factor of each history's likeness: length and recency. Length nHistories. */
  readonly likeness: Float32Array;
  /** Length nProducts + 1: the histories that hold a product, the most recent first. */
  readonly postingStart: Int32Array;
  readonly posting: Int32Array;
  /** Factor per product of the answer. */
  readonly productFactor: Float32Array;
}

/** The histories that hold each product, the most recent first, each once. Cost: two passes over the entries. */
export function invertHistories(
  start: Int32Array,
  product: Int32Array,
  nProducts: number,
): Pick<HistoryIndex, "postingStart" | "posting"> {
  const postingStart = new Int32Array(nProducts + 1);
  const seenIn = new Int32Array(nProducts).fill(-1);
  const eachOnce = (visit: (product: number, history: number) => void) => {
    seenIn.fill(-1);
    for (let history = 0; history + 1 < start.length; history++) {
      for (let e = start[history]; e < start[history + 1]; e++) {
        if (seenIn[product[e]] === history) continue;
        seenIn[product[e]] = history;
        visit(product[e], history);
      }
    }
  };
  eachOnce((held) => postingStart[held + 1]++);
  for (let p = 0; p < nProducts; p++) postingStart[p + 1] += postingStart[p];
  const next = postingStart.slice(0, nProducts);
  const posting = new Int32Array(postingStart[nProducts]);
  eachOnce((held, history) => {
    posting[next[held]++] = history;
  });
  return { postingStart, posting };
}
