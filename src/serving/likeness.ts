import { entriesOfRow } from "../signals/packedMatrix.js";
import type { Catalogue } from "./catalogue.js";
import type { EvidenceRows } from "./evidence.js";

/**
 * How alike the products of one list are, 0 … 1: the entries of the content matrix, a row's largest being 1, the larger
 * of the two directions. Without a content matrix products of one category or one brand are alike.
 */
export class LikenessFinder {
  /** 1 + place in the list of each product; 0 for all between two calls. */
  private placeOf = new Int32Array(0);

  constructor(
    private readonly catalogue: Catalogue,
    private readonly content: EvidenceRows | null,
  ) {}

  /**
   * @returns symmetric, row-major (n × n); a product is not alike to itself
   * Cost: n² numbers and the n content rows once.
   */
  between(products: readonly number[]): Float32Array {
    const n = products.length;
    const likeness = new Float32Array(n * n);
    const note = (a: number, b: number, value: number) => {
      if (a === b || value <= likeness[a * n + b]) return;
      likeness[a * n + b] = value;
      likeness[b * n + a] = value;
    };
    if (this.content === null) this.noteShelves(products, note);
    else this.noteContent(products, this.content, note);
    return likeness;
  }

  private noteShelves(products: readonly number[], note: Note): void {
    const { category, brand } = this.catalogue;
    const isSame = (of: Int32Array, a: number, b: number) => of[a] >= 0 && of[a] === of[b];
    for (let a = 0; a < products.length; a++) {
      for (let b = 0; b < a; b++) {
        const [one, other] = [products[a], products[b]];
        if (isSame(category, one, other) || isSame(brand, one, other)) note(a, b, 1);
      }
    }
  }

  private noteContent(products: readonly number[], { packed, late }: EvidenceRows, note: Note): void {
    if (this.placeOf.length < this.catalogue.length) this.placeOf = new Int32Array(this.catalogue.length);
    const { placeOf } = this;
    for (let a = 0; a < products.length; a++) placeOf[products[a]] = a + 1;
    for (let a = 0; a < products.length; a++) {
      const product = products[a];
      // Entries stand best first.
      let largest = 0;
      for (const [other, value] of product < packed.nRows ? entriesOfRow(packed, product) : []) {
        largest ||= value;
        if (placeOf[other] > 0) note(a, placeOf[other] - 1, value / largest);
      }
      let first = 0;
      for (const [other, value] of late?.entriesOf(product) ?? []) {
        first ||= Math.max(largest, value);
        if (placeOf[other] > 0) note(a, placeOf[other] - 1, Math.min(1, value / first));
      }
    }
    for (const product of products) placeOf[product] = 0;
  }
}

type Note = (a: number, b: number, value: number) => void;
