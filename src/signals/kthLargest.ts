/** Numbers are sorted into so many heaps, of which one is looked through: those from `top` down, the last for the rest. */
const N_HEAPS = 256;
/** 32 heaps for a doubling: the exponent of a double and the first 5 bits of its fraction. */
const HEAP_SHIFT = 15;
/** Fewer numbers are looked through at once. */
const FEW = 24;
/** Where the upper half of a double stands among its two halves. */
const UPPER = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

const size = new Int32Array(N_HEAPS);
let room = makeRoom(1024);

function makeRoom(n: number) {
  const value = new Float64Array(n);
  return { value, half: new Int32Array(value.buffer), heap: new Uint8Array(n), rest: new Float64Array(n) };
}

/**
 * The k-th largest of the first n values.
 *
 * @param values no NaN
 * @param k 1 … n
 * Cost: about 4 n steps without a branch that depends on the values, which makes it three times as fast as a search by
 * comparing (n = 214: .8 against 2.2 µs), then such a search among those of one heap.
 */
export function kthLargest(values: Float64Array, n: number, k: number): number {
  if (n > room.value.length) room = makeRoom(2 * n);
  const { value, half, heap, rest } = room;
  for (let i = 0; i < n; i++) value[i] = values[i];
  if (n <= FEW) return selectKth(value, n, k);
  // Doubles from 0 on are in the order of their upper halves; those of negative numbers are below 0.
  let top = half[UPPER];
  for (let i = 1; i < n; i++) top = Math.max(top, half[2 * i + UPPER]);
  if (top < 0) return selectKth(value, n, k);
  const lowest = Math.max(0, (top >> HEAP_SHIFT) - (N_HEAPS - 1));
  size.fill(0);
  for (let i = 0; i < n; i++) {
    const h = Math.max(0, (half[2 * i + UPPER] >> HEAP_SHIFT) - lowest);
    heap[i] = h;
    size[h]++;
  }
  let chosen = N_HEAPS - 1;
  let nAbove = 0;
  while (nAbove + size[chosen] < k) nAbove += size[chosen--];
  let nRest = 0;
  for (let i = 0; i < n; i++) if (heap[i] === chosen) rest[nRest++] = value[i];
  return selectKth(rest, nRest, k - nAbove);
}

/** Sum of the values above `least`, their k-th largest, and of as many of those equal to it as make k. */
export function sumOfLargest(values: Float64Array, n: number, k: number, least: number): number {
  let above = 0;
  for (let i = 0; i < n; i++) above += Math.max(values[i] - least, 0);
  return k * least + above;
}

/**
 * The k-th largest of the first n values, which are reordered.
 *
 * Cost: about 3 n comparisons. Source: Hoare, "Algorithm 65: Find", CACM 1961; pivot is the median of three.
 */
function selectKth(values: Float64Array, n: number, k: number): number {
  let low = 0;
  let high = n - 1;
  const target = k - 1;
  while (low < high) {
    const pivot = medianOfThree(values[low], values[(low + high) >> 1], values[high]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] > pivot) i++;
      while (values[j] < pivot) j--;
      if (i > j) break;
      const swapped = values[i];
      values[i++] = values[j];
      values[j--] = swapped;
    }
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else break;
  }
  return values[target];
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
