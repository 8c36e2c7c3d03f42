import type { Administration } from "../../src/domain/administration.js";

/** For servers whose test asks nothing of the admin room. */
export function unusedAdministration(): Administration {
  const refuse = async () => {
    throw new Error("this test has no administration");
  };
  return {
    settings: { current: refuse, history: refuse },
    submit: refuse,
    newestCommands: refuse,
    runs: { find: refuse, newest: refuse },
    newestModels: refuse,
  };
}
