import { describe, expect, it } from "vitest";
import { type Deed, deed, Shop } from "../worlds/shop.js";
import { fittedRow } from "./fittedRow.js";

/** Cameras sell with cards; tripods are bought by the same shoppers, but always in another order. */
function complementWorld(): Deed[] {
  const deeds: Deed[] = [];
  for (let n = 0; n < 8; n++) {
    deeds.push(deed(`u${n}`, "camera", { day: n, order: `o${n}` }));
    deeds.push(deed(`u${n}`, "card", { day: n, order: `o${n}` }));
    deeds.push(deed(`u${n}`, "tripod", { day: n + 30, order: `later${n}` }));
    deeds.push(deed(`u${n}`, "bag", { day: n + 30, order: `later${n}` }));
  }
  return deeds;
}

describe("the basket signal", () => {
  it("joins what stood in one order, not what one shopper bought at two times", () => {
    expect(fittedRow(new Shop([], complementWorld()), "basket", "camera")?.map(([id]) => id)).toEqual(["card"]);
    expect(fittedRow(new Shop([], complementWorld()), "basket", "tripod")?.map(([id]) => id)).toEqual(["bag"]);
  });

  it("takes purchases within half an hour for one order when the shop sends no order id", () => {
    const deeds = complementWorld().map(({ order: _, ...rest }) => rest);
    expect(fittedRow(new Shop([], deeds), "basket", "camera")?.map(([id]) => id)).toEqual(["card"]);
  });

  it("trusts a pair seen often more than a pair seen once", () => {
    const deeds: Deed[] = [];
    for (let n = 0; n < 10; n++) {
      deeds.push(
        deed(`u${n}`, "bread", { day: n, order: `o${n}` }),
        deed(`u${n}`, "butter", { day: n, order: `o${n}` }),
      );
    }
    deeds.push(deed("w", "bread", { day: 40, order: "w" }), deed("w", "umbrella", { day: 40, order: "w" }));
    const row = fittedRow(new Shop([], deeds), "basket", "bread") ?? [];
    expect(row.map(([id]) => id)).toEqual(["butter", "umbrella"]);
    expect(row[0][1]).toBeGreaterThan(3 * row[1][1]);
  });

  it("is absent where nobody bought two things in one order", () => {
    expect(fittedRow(new Shop([], [deed("u", "x", { day: 0 }), deed("u", "y", { day: 1 })]), "basket", "x")).toBeNull();
  });

  it("does not take views for orders", () => {
    const views = [deed("u", "x", { action: "view" }), deed("u", "y", { action: "view" })];
    expect(fittedRow(new Shop([], views), "basket", "x")).toBeNull();
  });
});
