import { describe, expect, it } from "vitest";
import { SIGNAL_NAMES, type SignalName } from "../../src/domain/setting.js";
import { N_CONTEXT } from "../../src/scorer/contextFeatures.js";
import type { GateLists } from "../../src/scorer/gateLists.js";
import { N_SIGNALS } from "../../src/scorer/gates.js";
import { payingSignals, withoutOthers } from "../../src/training/payingSignals.js";

const at = (name: SignalName) => SIGNAL_NAMES.indexOf(name);

/** Lists of ten in which each named signal answers 1 for the chosen product with its share, and noise for the others. */
function listsOf(nLists: number, signals: Partial<Record<SignalName, number>>): GateLists {
  const start = Int32Array.from({ length: nLists + 1 }, (_, l) => 10 * l);
  const value = new Float32Array(10 * nLists * N_SIGNALS);
  const target = new Float32Array(10 * nLists);
  for (let l = 0; l < nLists; l++) {
    const chosen = (7 * l) % 10;
    target[10 * l + chosen] = 1;
    for (const [name, share] of Object.entries(signals) as [SignalName, number][]) {
      for (let row = 0; row < 10; row++) {
        const noise = ((l * 31 + row * 17 + at(name) * 7) % 100) / 100;
        const knows = row === chosen && (l * 13 + 50 * (at(name) % 2)) % 100 < 100 * share;
        value[(10 * l + row) * N_SIGNALS + at(name)] = knows ? 2 : noise;
      }
    }
  }
  return { start, value, target, context: new Float32Array(10 * nLists * N_CONTEXT) };
}

const EVEN = SIGNAL_NAMES.map(() => 1);
const NONE: ReadonlySet<SignalName> = new Set();

describe("signals that pay", () => {
  it("lets go what the others can say, and keeps what nobody else knows", () => {
    const { pays } = payingSignals(listsOf(600, { regression: 0.95, session: 0, neighbours: 0 }), EVEN, NONE);
    expect([pays[at("regression")], pays[at("session")], pays[at("neighbours")]]).toEqual([true, false, false]);
  });

  it("keeps two signals that know different things", () => {
    const lists = listsOf(600, { session: 0.5, neighbours: 0.5 });
    const { pays } = payingSignals(lists, EVEN, NONE);
    expect([pays[at("session")], pays[at("neighbours")]]).toEqual([true, true]);
  });

  it("never lets go what knows new products or costs nothing", () => {
    const { pays } = payingSignals(listsOf(600, { regression: 0.95 }), EVEN, NONE);
    for (const name of ["content", "inherited", "trending", "repeat"] as const) expect(pays[at(name)]).toBe(true);
  });

  it("never lets go what is needed beyond these lists", () => {
    const lists = listsOf(600, { regression: 0.95, latent: 0 });
    expect(payingSignals(lists, EVEN, NONE).pays[at("latent")]).toBe(false);
    expect(payingSignals(lists, EVEN, new Set<SignalName>(["latent"])).pays[at("latent")]).toBe(true);
  });

  it("keeps everything where there are too few lists to tell", () => {
    expect(payingSignals(listsOf(100, { regression: 0.95 }), EVEN, NONE)).toEqual({
      pays: EVEN.map(() => true),
      tried: [],
    });
  });

  it("leaves the lists as they are served: without the answers of those that went", () => {
    const lists = listsOf(10, { regression: 0.9, session: 0.9 });
    const without = withoutOthers(
      lists,
      SIGNAL_NAMES.map((name) => name !== "session"),
    );
    expect(without.value.filter((_, i) => i % N_SIGNALS === at("session")).every((answer) => answer === 0)).toBe(true);
    expect(without.value[at("regression")]).toBe(lists.value[at("regression")]);
  });
});
