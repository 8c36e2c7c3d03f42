import type { ShopperHistory } from "../domain/ports.js";
import { MAX_PROFILE_INTERACTIONS } from "../domain/ports.js";
import type { StoredProduct } from "../domain/product.js";
import { type ListRequest, NO_FILTER } from "../domain/recommendation.js";
import type { InteractionLog } from "../signals/interactionLog.js";
import type { HeldOutCase } from "./slice/slice.js";

/** A held-out question in the words of serving, so that what answers shoppers answers here. */
export interface HeldOutQuestion {
  readonly history: ShopperHistory;
  readonly request: ListRequest;
  readonly targets: Int32Array;
  /** When the first of the targets was chosen; NaN when unknown. */
  readonly chosenFromMs: number;
}

/** Products per list that the choices of a training are judged by. */
export const JUDGED_PRODUCTS = 20;

export const HELD_OUT_REQUEST: ListRequest = {
  placement: "user",
  subjectId: "",
  first: JUDGED_PRODUCTS,
  strategy: "AUTO",
  filter: NO_FILTER,
  context: null,
  shown: new Uint32Array(0),
};

/** @param log the whole log, which the rows of the cases count in */
export function questionOf(
  one: HeldOutCase,
  log: InteractionLog,
  segments: readonly (readonly string[])[],
): HeldOutQuestion {
  const newestFirst = Int32Array.from(one.visible).reverse();
  const recent = newestFirst.subarray(0, MAX_PROFILE_INTERACTIONS);
  const older = newestFirst.subarray(MAX_PROFILE_INTERACTIONS);
  const history: ShopperHistory = {
    productNo: Int32Array.from(recent, (row) => log.product[row]),
    action: Uint8Array.from(recent, (row) => log.action[row]),
    occurredAtMs: Float64Array.from(recent, (row) => log.timeMs[row]),
    value: Float64Array.from(recent, (row) => log.value[row]),
    olderProducts: Int32Array.from(older, (row) => log.product[row]),
    segments: segments[one.shopper] ?? [],
  };
  return { history, request: HELD_OUT_REQUEST, targets: one.targets, chosenFromMs: one.chosenFromMs };
}

/** Products of a training as a catalogue would hold them; their number is their index. */
export function storedForTraining(
  productIds: readonly string[],
  products: ReadonlyMap<string, StoredProduct | Omit<StoredProduct, "productNo">>,
): StoredProduct[] {
  return productIds.map((productId, productNo) => ({
    ...(products.get(productId) as StoredProduct),
    productNo,
  }));
}
