import type { Administration } from "../../src/domain/administration.js";
import type { DeadLetterDesk } from "../../src/domain/deadLetters.js";
import type { Insight } from "../../src/domain/insight.js";

async function refuse(): Promise<never> {
  throw new Error("this test has no administration");
}

/** For servers whose test asks nothing of the admin room. */
export function unusedAdministration(): Administration {
  return {
    settings: { current: refuse, history: refuse },
    shoppers: { merge: refuse, erase: refuse, setPersonalization: refuse, export: refuse },
    submit: refuse,
    tryOut: refuse,
    newestCommands: refuse,
    findCommand: refuse,
    runs: { find: refuse, newest: refuse },
    newestModels: refuse,
    rules: refuse,
    nMatching: () => 0,
  };
}

/** For servers whose test asks nothing about lists. */
export function unusedInsight(): Insight {
  return {
    preview: refuse,
    explain: refuse,
    overview: refuse,
    productsOf: refuse,
    searchProducts: refuse,
    sampleShoppers: refuse,
  };
}

/** For servers whose test asks nothing of what could not be taken. */
export function unusedDeadLetters(): DeadLetterDesk {
  return { waiting: refuse, counts: refuse, replay: refuse };
}
