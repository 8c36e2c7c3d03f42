import type { RecommendationReason } from "../domain/recommendation.js";
import { SIGNAL_NAMES, type SignalName } from "../domain/setting.js";
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
  private placeOf: Int32Array;

  constructor(nProducts: number) {
    this.placeOf = new Int32Array(nProducts).fill(NONE);
  }

  /**
   * @param products catalogue indexes of the listed products
   * @param rowsOf the rows of the signal that is asked about product i, or null where there is none
   * @returns per listed product the position in the profile, −1 when there is none
   * Cost: profile × k lookups per distinct signal, whatever the number of listed products.
   */
  strongest(profile: Profile, products: readonly number[], rowsOf: readonly (EvidenceRows | null)[]): Int32Array {
    const strongest = new Int32Array(products.length).fill(NONE);
    const most = new Float64Array(products.length);
    this.makeRoom(products);
    for (const rows of new Set(rowsOf)) {
      if (rows === null) continue;
      for (let i = 0; i < products.length; i++) {
        if (rowsOf[i] === rows) this.placeOf[products[i]] = i;
      }
      this.search(profile.product, profile.weights[rows.horizon], rows, most, strongest);
      for (const product of products) this.placeOf[product] = NONE;
    }
    return strongest;
  }

  private makeRoom(products: readonly number[]): void {
    const highest = products.reduce((most, product) => Math.max(most, product), 0);
    if (highest >= this.placeOf.length) this.placeOf = new Int32Array(2 * highest).fill(NONE);
  }

  /** `most` and `strongest` are overwritten for the products that have a place. */
  private search(
    products: Int32Array,
    weights: Float64Array,
    { packed: { nRows, rowStart, rowEnd, entry, columnBits, step }, late }: EvidenceRows,
    most: Float64Array,
    strongest: Int32Array,
  ): void {
    const { placeOf } = this;
    const shift = 32 - columnBits;
    const offer = (e: number, product: number, answer: number) => {
      const place = placeOf[product];
      if (!(place >= 0) || answer <= most[place]) return;
      most[place] = answer;
      strongest[place] = e;
    };
    for (let e = 0; e < products.length; e++) {
      const product = products[e];
      const weight = weights[e];
      if (weight <= 0) continue;
      for (const [listed, answer] of late?.entriesOf(product) ?? NOTHING) offer(e, listed, weight * answer);
      if (product >= nRows) continue;
      const perStep = weight * step[product];
      const end = rowEnd[product];
      for (let n = rowStart[product]; n < end; n++) {
        const place = placeOf[entry[n] >>> shift];
        if (place < 0) continue;
        const answer = perStep * ((entry[n] << columnBits) >> columnBits);
        if (answer <= most[place]) continue;
        most[place] = answer;
        strongest[place] = e;
      }
    }
  }
}

/**
 * Every positive profile entry that speaks for a product through some rows, with what it says, the loudest first.
 * Cost: profile × k lookups.
 */
export function carriersOf(
  { product, weights }: Profile,
  listed: number,
  { packed: { nRows, rowStart, rowEnd, entry, columnBits, step }, late, horizon }: EvidenceRows,
): { readonly entry: number; readonly answer: number }[] {
  const shift = 32 - columnBits;
  const carriers: { entry: number; answer: number }[] = [];
  for (let e = 0; e < product.length; e++) {
    const weight = weights[horizon][e];
    if (weight <= 0) continue;
    let answer = 0;
    for (const [column, value] of late?.entriesOf(product[e]) ?? NOTHING)
      if (column === listed) answer += weight * value;
    const end = product[e] < nRows ? rowEnd[product[e]] : 0;
    for (let n = product[e] < nRows ? rowStart[product[e]] : 0; n < end; n++) {
      if (entry[n] >>> shift !== listed) continue;
      answer += weight * step[product[e]] * ((entry[n] << columnBits) >> columnBits);
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

/** The shopper's word for the signal with the largest term. */
export function reasonFor(signal: number, evidence: Evidence | null): RecommendationReason {
  return OWN_REASON[SIGNAL_NAMES[signal]] ?? (evidence === null ? "ALSO_CHOSEN" : FROM_PROFILE[evidence]);
}
