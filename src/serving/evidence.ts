import type { RecommendationReason } from "../domain/recommendation.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
import { entriesOfRow, type PackedMatrix } from "../signals/packedMatrix.js";
import type { Evidence, Profile } from "./profile.js";
import type { ServedSignal } from "./servedSignals.js";

const NONE = -1;
const NOTHING: readonly never[] = [];

/**
 * Finds, for each listed product, the profile entry that carried most of one signal's answer: argmax_j p(j) · M[j, i]
 * over positive entries. One per model: its memory is as long as the catalogue that it has seen.
 */
export class EvidenceFinder {
  /** Place in the list of each product, or −1; all −1 between two calls. */
  private placeOf: Int16Array;

  constructor(nProducts: number) {
    this.placeOf = new Int16Array(nProducts).fill(NONE);
  }

  /**
   * @param products catalogue indexes of the listed products
   * @param rowsOf the rows of the signal that is asked about product i, or null where there is none
   * @returns per listed product the position in the profile, −1 when there is none
   * Cost: profile × k lookups per distinct signal, whatever the number of listed products.
   */
  strongest(profile: Profile, products: readonly number[], rowsOf: readonly (EvidenceRows | null)[]): Int32Array {
    const found: Strongest = {
      entry: new Int32Array(products.length).fill(NONE),
      answer: new Float64Array(products.length),
    };
    this.makeRoom(products);
    for (const rows of new Set(rowsOf)) {
      if (rows === null) continue;
      const places = [...products.keys()].filter((i) => rowsOf[i] === rows);
      for (const place of places) this.placeOf[products[place]] = place;
      this.search(profile.product, profile.weights[rows.horizon], rows, places, found);
      for (const place of places) this.placeOf[products[place]] = NONE;
    }
    return found.entry;
  }

  private makeRoom(products: readonly number[]): void {
    const highest = products.reduce((most, product) => Math.max(most, product), 0);
    if (highest >= this.placeOf.length) this.placeOf = new Int16Array(2 * highest).fill(NONE);
  }

  /** What is found is overwritten in `places`: those of the listed products that have one. */
  private search(
    products: Int32Array,
    weights: Float64Array,
    { packed, late }: EvidenceRows,
    places: readonly number[],
    found: Strongest,
  ): void {
    let least = 0;
    for (let e = 0; e < products.length; e++) {
      const product = products[e];
      const weight = weights[e];
      if (weight <= 0) continue;
      for (const [listed, answer] of late?.entriesOf(product) ?? NOTHING) {
        const place = this.placeOf[listed];
        if (place >= 0) offer(found, place, e, weight * answer);
      }
      if (product >= packed.nRows) continue;
      this.searchRow(packed, product, weight, e, least, found);
      least = places.reduce((smallest, place) => Math.min(smallest, found.answer[place]), Number.POSITIVE_INFINITY);
    }
  }

  /** @param least every place has an answer as large: entries stand best first, so the rest of the row may go unread */
  private searchRow(
    { nTogether, place: member, start, entry, columnBits, step }: PackedMatrix,
    row: number,
    weight: number,
    e: number,
    least: number,
    found: Strongest,
  ): void {
    const { placeOf } = this;
    const shift = 32 - columnBits;
    const at = row * nTogether + member;
    const perStep = weight * step[at];
    const end = start[at + 1];
    for (let n = start[at]; n < end; ) {
      const answer = perStep * ((entry[n] << columnBits) >> columnBits);
      if (answer <= least) return;
      // Most entries are of products that are not in the list: four at once where none of them is.
      if (n + 3 < end && isNoneListed(placeOf, entry, n, shift)) {
        n += 4;
        continue;
      }
      const place = placeOf[entry[n++] >>> shift];
      if (place >= 0) offer(found, place, e, answer);
    }
  }
}

/** Per listed product the profile entry that said most so far, and what it said. */
interface Strongest {
  readonly entry: Int32Array;
  readonly answer: Float64Array;
}

function offer(found: Strongest, place: number, e: number, answer: number): void {
  if (answer <= found.answer[place]) return;
  found.answer[place] = answer;
  found.entry[place] = e;
}

/** NONE has all bits set, a place has not. */
function isNoneListed(placeOf: Int16Array, entry: Uint32Array, n: number, shift: number): boolean {
  const one = placeOf[entry[n] >>> shift] & placeOf[entry[n + 1] >>> shift];
  return (one & placeOf[entry[n + 2] >>> shift] & placeOf[entry[n + 3] >>> shift]) === NONE;
}

/**
 * Every positive profile entry that speaks for a product through some rows, with what it says, the loudest first.
 * Cost: profile × k lookups.
 */
export function carriersOf(
  { product, weights }: Profile,
  listed: number,
  { packed, late, horizon }: EvidenceRows,
): { readonly entry: number; readonly answer: number }[] {
  const carriers: { entry: number; answer: number }[] = [];
  for (let e = 0; e < product.length; e++) {
    const weight = weights[horizon][e];
    if (weight <= 0) continue;
    let answer = 0;
    const trained = product[e] < packed.nRows ? entriesOfRow(packed, product[e]) : NOTHING;
    for (const entries of [late?.entriesOf(product[e]) ?? NOTHING, trained]) {
      for (const [column, value] of entries) if (column === listed) answer += weight * value;
    }
    if (answer > 0) carriers.push({ entry: e, answer });
  }
  return carriers.sort((a, b) => b.answer - a.answer || a.entry - b.entry);
}

/** Item-to-item rows and the horizon at which profiles meet them. */
export type EvidenceRows = Extract<ServedSignal, { kind: "rows" }>;

/** Signals asked, in this order, where the deciding one has no rows: what was like histories say, rows can show. */
const STAND_INS: readonly SignalName[] = ["collaborative", "regression", "sequence", "content"];

/** The rows that can show why signal `s` answered as it did, or null where nothing of the profile is the reason. */
export function evidenceRows(signals: readonly (ServedSignal | null)[], s: number): EvidenceRows | null {
  const signal = s < 0 ? null : signals[s];
  if (signal === null) return null;
  if (signal.kind === "rows") return signal;
  if (signal.kind !== "histories" && signal.kind !== "latent") return null;
  for (const name of STAND_INS) {
    const standIn = signals[SIGNAL_NAMES.indexOf(name)];
    if (standIn?.kind === "rows") return standIn;
  }
  return null;
}

const FROM_PROFILE: Record<Evidence, RecommendationReason> = {
  bought: "BECAUSE_YOU_BOUGHT",
  viewed: "BECAUSE_YOU_VIEWED",
  inCart: "IN_YOUR_CART",
  subject: "ALSO_CHOSEN",
};

const OWN_REASON: Partial<Record<SignalName, RecommendationReason>> = {
  basket: "BOUGHT_TOGETHER",
  content: "SIMILAR_CONTENT",
  inherited: "SIMILAR_CONTENT",
  repeat: "BUY_AGAIN",
  trending: "TRENDING",
  categoryTrend: "TRENDING",
  segmentTrend: "TRENDING",
};

/** True where a signal has a word of its own, whatever of the profile it stands on. */
export function hasOwnReason(signal: number): boolean {
  return OWN_REASON[SIGNAL_NAMES[signal]] !== undefined;
}

/** The shopper's word for the signal with the largest term. */
export function reasonFor(signal: number, evidence: Evidence | null): RecommendationReason {
  return OWN_REASON[SIGNAL_NAMES[signal]] ?? (evidence === null ? "ALSO_CHOSEN" : FROM_PROFILE[evidence]);
}
