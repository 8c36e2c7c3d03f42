import { type Deed, deed, Shop } from "../worlds/shop.js";

/** Numbers that look drawn but are the same in every run: place `n` of a sequence, below `below`. */
export function scattered(n: number, below: number): number {
  return Math.floor(((Math.abs(Math.sin(12.9898 * (n + 1))) * 43758.5453) % 1) * below);
}

const view = (user: string, product: string, day: number) => deed(user, product, { day, action: "view" });

/**
 * Five ages of twenty days with eight products each; every shopper buys once in each. Who is asked late in the last age
 * is best answered by what sells now, although it has sold less so far than what was there before.
 */
export function changingShop(nShoppers: number): Shop {
  const deeds: Deed[] = [];
  for (let shopper = 0; shopper < nShoppers; shopper++) {
    for (let age = 0; age < 5; age++) {
      const product = `age ${age}, ${scattered(5 * shopper + age, 8)}`;
      deeds.push(
        deed(`shopper-${shopper}`, product, { day: 20 * age + (20 * ((shopper * 11 + age) % nShoppers)) / nShoppers }),
      );
    }
  }
  return new Shop([], deeds);
}

/**
 * Every visit goes back and forth on one trail, then looks into another: there one of four doors follows a hall, and
 * before every hall lies its porch. Only what was looked at last says what comes next, and only forwards.
 */
export function trailShop(nShoppers: number, dayOf: (step: number) => number | undefined = (step) => step): Shop {
  const deeds: Deed[] = [];
  for (let shopper = 0; shopper < nShoppers; shopper++) {
    const trail = (n: number) => scattered(2 * shopper + n, 10);
    const past = trail(0);
    const now = (past + 1 + scattered(3 * shopper, 9)) % 10;
    const through = (hall: number, n: number) => [
      `porch ${hall}`,
      `hall ${hall}`,
      `door ${hall}, ${scattered(7 * shopper + n, 4)}`,
    ];
    const steps = [...through(past, 0), ...through(past, 0), ...through(past, 0), ...through(now, 1)];
    for (const [step, product] of steps.entries()) {
      const day = dayOf(step);
      deeds.push(deed(`shopper-${shopper}`, product, { day, action: "view" }));
    }
  }
  return new Shop([], deeds);
}

/** Visitors without a past who look at everything twice in a row, but leave with something new. */
export function visitsShop(nVisits: number): Shop {
  const deeds: Deed[] = [];
  for (let visit = 0; visit < nVisits; visit++) {
    const seen = [0, 0, 1, 1, 2, 2, 3].map((n) => `p${scattered(4 * visit + n, 40)}`);
    for (const [step, product] of seen.entries()) deeds.push(view(`visit-${visit}`, product, visit / 10 + step / 1440));
  }
  return new Shop([], deeds);
}
