import { type Deed, deed, product, Shop } from "./shop.js";

const KETTLES = ["kettle A", "kettle B", "kettle C"];
const DRILLS = ["drill A", "drill B", "drill C"];

/**
 * A shop where substitutes and complements differ: shoppers compare kettles, and every third buys one together with a
 * descaler; others compare drills and buy one with a box of bits. Nobody buys two of a kind; all look around once more.
 */
export function kitchen(more: readonly Deed[] = []): Shop {
  const deeds: Deed[] = [];
  for (let shopper = 0; shopper < 36; shopper++) {
    const [family, extra] = shopper % 2 === 0 ? [KETTLES, "descaler"] : [DRILLS, "bits"];
    const user = `shopper-${shopper}`;
    const looksAt = (turn: number, day: number) =>
      deeds.push(deed(user, family[(shopper + turn) % 3], { action: "view", day: shopper + day }));
    looksAt(0, 0);
    looksAt(1, 0.01);
    if (shopper % 3 === 0) {
      const order = { day: shopper + 0.02, order: `order-${shopper}` };
      deeds.push(deed(user, family[(shopper >> 1) % 3], order), deed(user, extra, order));
    }
    looksAt(2, 0.2);
  }
  return new Shop(
    [
      ...KETTLES.map((id) => product(id, { name: `Electric ${id}`, category: "Kitchen > Kettles", price: 40 })),
      ...DRILLS.map((id) => product(id, { name: `Cordless ${id}`, category: "Tools > Drills", price: 90 })),
      product("descaler", { name: "Descaling powder", category: "Care", price: 4 }),
      product("bits", { name: "Box of bits", category: "Tools > Accessories", price: 9 }),
    ],
    [...deeds, ...more],
  );
}
