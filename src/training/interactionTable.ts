import type { InteractionColumns } from "../domain/ports.js";

/** Texts numbered in order of first sight. */
class Numbering {
  readonly texts: string[] = [];
  private readonly numberOf = new Map<string, number>();

  number(text: string): number {
    let n = this.numberOf.get(text);
    if (n === undefined) {
      n = this.texts.length;
      this.numberOf.set(text, n);
      this.texts.push(text);
    }
    return n;
  }
}

/**
 * Collects interactions in whatever order they come, column by column; `arrangeLog` puts them in order. Memory: about
 * 100 bytes a row while collecting.
 */
export class InteractionTable {
  readonly shoppers = new Numbering();
  readonly products = new Numbering();
  readonly shopper: number[] = [];
  readonly product: number[] = [];
  readonly action: number[] = [];
  readonly timeMs: number[] = [];
  readonly value: number[] = [];
  readonly orderId: (string | null)[] = [];
  readonly eventKey: string[] = [];

  append(page: InteractionColumns): void {
    for (let i = 0; i < page.shopper.length; i++) {
      this.shopper.push(this.shoppers.number(page.shopper[i]));
      this.product.push(this.products.number(page.productId[i]));
      this.action.push(page.action[i]);
      this.timeMs.push(page.occurredAtMs[i]);
      this.value.push(page.value[i]);
      this.orderId.push(page.orderId[i]);
      this.eventKey.push(page.eventKey[i]);
    }
  }

  get length(): number {
    return this.shopper.length;
  }
}
