import type { Choices } from "./interactionLog.js";

/** Who chose each product, in ascending order (CSR over products). */
export interface ShoppersOfProduct {
  /** Length nProducts + 1; product i was chosen by shopper[start[i]] … shopper[start[i + 1] − 1]. */
  readonly start: Int32Array;
  readonly shopper: Int32Array;
}

/** The choices turned round. Cost: two passes over the choices. */
export function shoppersOfProduct(choices: Choices, nProducts: number): ShoppersOfProduct {
  const start = new Int32Array(nProducts + 1);
  for (const product of choices.product) start[product + 1]++;
  for (let product = 0; product < nProducts; product++) start[product + 1] += start[product];
  const next = start.slice(0, nProducts);
  const shopper = new Int32Array(choices.product.length);
  for (let u = 0; u + 1 < choices.start.length; u++) {
    for (let c = choices.start[u]; c < choices.start[u + 1]; c++) shopper[next[choices.product[c]]++] = u;
  }
  return { start, shopper };
}

/** Whether any shopper chose two products: without one, no product says anything of another. */
export function anyChosenTogether({ start }: Choices): boolean {
  return start.some((end, u) => u > 0 && end - start[u - 1] >= 2);
}
