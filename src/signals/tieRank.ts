import { hashId } from "../domain/ids.js";

/**
 * The order that settles every tie: the more popular product first, then the smaller hash of its id, then the id itself.
 * An id is never read as a number and its alphabetical order only separates two ids of one hash: shops number products
 * in order of arrival, and a ranking that follows it would look clever on paper and be useless in a shop.
 *
 * @param popularity shoppers per product, length nProducts
 * @returns rank per product, 0 first, length nProducts
 * Cost: one sort of nProducts.
 */
export function rankForTies(productIds: readonly string[], popularity: Float32Array): Int32Array {
  const hashes = Uint32Array.from(productIds, hashId);
  const order = Int32Array.from(productIds.keys());
  order.sort(
    (a, b) => popularity[b] - popularity[a] || hashes[a] - hashes[b] || (productIds[a] < productIds[b] ? -1 : 1),
  );
  const rank = new Int32Array(productIds.length);
  for (let position = 0; position < order.length; position++) rank[order[position]] = position;
  return rank;
}
