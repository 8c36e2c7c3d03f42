import { hashId } from "../../domain/ids.js";
import type { InteractionLog } from "../../signals/interactionLog.js";
import type { ProductAttributes } from "../../signals/signal.js";
import type { Slice } from "./slice.js";

/** One described product in so many plays a newcomer. */
const ONE_IN = 20;

/**
 * The products that play: 1 for each. Which ones is for a hash of their ids to say; a shop that describes nothing has no
 * newcomers to learn from.
 */
export function chooseNewcomers(attributes: readonly ProductAttributes[], productIds: readonly string[]): Uint8Array {
  return Uint8Array.from(productIds, (productId, product) =>
    Number(isDescribed(attributes[product]) && hashId(`newcomer\n${productId}`) % ONE_IN === 0),
  );
}

/**
 * Let some products of a slice be new: nothing of them stays visible, though shoppers of the slice choose them. So the
 * gates learn what a description is worth where nobody has chosen a product yet, which every shop asks of new arrivals.
 */
export function hideNewcomers(slice: Slice, log: InteractionLog, isNewcomer: Uint8Array): Slice {
  const isHidden = Uint8Array.from(slice.isHidden, (hidden, row) => hidden | isNewcomer[log.product[row]]);
  const cases = slice.cases.map((one) => ({
    ...one,
    visible: one.visible.filter((row) => isNewcomer[log.product[row]] === 0),
  }));
  const nNewcomers = isNewcomer.reduce((sum, flag) => sum + flag, 0);
  return { ...slice, isHidden, cases, counts: { ...slice.counts, nNewcomers } };
}

function isDescribed({ name, category, tags, brand }: ProductAttributes): boolean {
  return name !== null || category !== null || brand !== null || tags.length > 0;
}
