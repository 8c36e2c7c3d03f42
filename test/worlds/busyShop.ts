import type { Product } from "../../src/domain/product.js";
import { type Deed, deed, product, Shop } from "./shop.js";

const SHELVES = ["Tea", "Garden"] as const;
const PER_SHELF = 12;
const MINUTE = 1 / 1440;

/**
 * A shop whose data carry every signal: descriptions, shelves, visits of several views, orders of two products, repeats,
 * times and kinds of shoppers. Each shopper keeps to the shelf of their kind.
 */
export function busyShop(nShoppers = 60): Shop {
  const products: Product[] = SHELVES.flatMap((category) =>
    Array.from({ length: PER_SHELF }, (_, p) =>
      product(`${category} ${p}`, { name: `${category} thing of kind ${p % 4}`, category, tags: [`t${p % 3}`] }),
    ),
  );
  const deeds: Deed[] = [];
  const segments = new Map<string, string[]>();
  for (let shopper = 0; shopper < nShoppers; shopper++) {
    const user = `shopper-${shopper}`;
    const shelf = SHELVES[shopper % SHELVES.length];
    segments.set(user, [`likes=${shelf.toLowerCase()}`]);
    for (let visit = 0; visit < 3; visit++) {
      const day = (shopper % 20) + 7 * visit;
      const first = (shopper * 5 + visit * 3) % PER_SHELF;
      const at = (step: number) => `${shelf} ${(first + step) % PER_SHELF}`;
      for (let step = 0; step < 4; step++) {
        deeds.push(deed(user, at(step), { day: day + step * MINUTE, action: "view" }));
      }
      for (const step of [1, 2]) deeds.push(deed(user, at(step), { day: day + 6 * MINUTE, order: `${user} ${visit}` }));
    }
  }
  return new Shop(products, deeds, undefined, segments);
}
