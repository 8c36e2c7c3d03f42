import { hashId } from "../domain/ids.js";
import type { StoredProduct } from "../domain/product.js";

/**
 * Names the state of all products: the same state has the same name on every replica, whatever the order in which it
 * came, and every change gives another. The name is an exclusive or over two 32-bit hashes of each product.
 */
export class ProductVersion {
  private readonly hashOf = new Map<number, readonly [number, number]>();
  private first = 0;
  private second = 0;

  apply(products: readonly StoredProduct[]): void {
    for (const product of products) {
      this.toggle(this.hashOf.get(product.productNo));
      const text = JSON.stringify(product);
      const hash = [hashId(text), hashId(`again ${text}`)] as const;
      this.hashOf.set(product.productNo, hash);
      this.toggle(hash);
    }
  }

  get name(): string {
    return `${(this.first >>> 0).toString(16)}-${(this.second >>> 0).toString(16)}`;
  }

  private toggle(hash: readonly [number, number] = [0, 0]): void {
    this.first ^= hash[0];
    this.second ^= hash[1];
  }
}
