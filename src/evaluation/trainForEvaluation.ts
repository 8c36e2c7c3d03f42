import { RecommenderError } from "../domain/errors.js";
import { encodeModel } from "../model/artifact.js";
import { type TrainOptions, trainModel } from "../training/trainModel.js";
import type { MemoryShop } from "./memoryShop.js";

/**
 * Train on a shop in memory; the bytes equal those of a training through the database on the same interactions.
 *
 * @throws RecommenderError TRAINING_FAILED if there is nothing to learn from; NOT_FINITE as `trainModel`
 */
export async function trainForEvaluation(shop: MemoryShop, options: TrainOptions): Promise<Uint8Array> {
  const products = shop.products();
  if (products.length === 0) {
    const message = "Cannot train: products or interactions are required, the files hold neither";
    throw new RecommenderError("TRAINING_FAILED", message);
  }
  const { model } = await trainModel({ table: shop.table, products, segments: shop.segments() }, options);
  return encodeModel(model);
}
