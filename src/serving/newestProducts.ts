import { hashId } from "../domain/ids.js";
import type { StoredProduct } from "../domain/product.js";

/**
 * Indexes of all stored products, newest first, one category after the other in turns: a shop that knows nothing of its
 * shoppers shows its breadth. Products added at one moment stand by a hash of their id.
 * Cost: one sort; done after changes only.
 */
export function newestAcrossCategories(stored: readonly (StoredProduct | null)[]): Int32Array {
  const byCategory = new Map<string | null, number[]>();
  for (const index of newestFirst(stored)) {
    const category = stored[index]?.category ?? null;
    const members = byCategory.get(category);
    if (members === undefined) byCategory.set(category, [index]);
    else members.push(index);
  }
  const turns: number[] = [];
  const categories = [...byCategory.values()];
  for (let turn = 0; categories.some((members) => turn < members.length); turn++) {
    for (const members of categories) if (turn < members.length) turns.push(members[turn]);
  }
  return Int32Array.from(turns);
}

function newestFirst(stored: readonly (StoredProduct | null)[]): number[] {
  const keyed: { index: number; product: StoredProduct; hash: number }[] = [];
  for (const [index, product] of stored.entries()) {
    if (product !== null) keyed.push({ index, product, hash: hashId(product.productId) });
  }
  keyed.sort(
    (a, b) =>
      b.product.addedAtMs - a.product.addedAtMs ||
      a.hash - b.hash ||
      (a.product.productId < b.product.productId ? -1 : 1),
  );
  return keyed.map((entry) => entry.index);
}
