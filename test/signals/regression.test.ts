import { describe, expect, it } from "vitest";
import { collaborative } from "../../src/signals/collaborative.js";
import { MAX_DENSE_PRODUCTS } from "../../src/signals/denseGram.js";
import { regression } from "../../src/signals/regression.js";
import { trendRatio } from "../../src/signals/trendRatio.js";
import { randomHistories, SignalWorld } from "./signalWorld.js";

/** x of A·x = b by elimination with pivoting: slow, and nothing in common with what it checks. */
function solveDense(a: number[][], b: number[]): number[] {
  const rows = a.map((row, r) => [...row, b[r]]);
  for (let p = 0; p < rows.length; p++) {
    const pivot = rows.slice(p).reduce((best, row) => (Math.abs(row[p]) > Math.abs(best[p]) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(p, 0, pivot);
    for (const row of rows) {
      if (row === pivot) continue;
      const share = row[p] / pivot[p];
      for (let c = p; c < row.length; c++) row[c] -= share * pivot[c];
    }
  }
  return rows.map((row, p) => row[rows.length] / row[p]);
}

function coOccurrence({ ids, input: { choices } }: SignalWorld): number[][] {
  const counts = ids.map(() => ids.map(() => 0));
  for (let u = 0; u + 1 < choices.start.length; u++) {
    const chosen = choices.product.subarray(choices.start[u], choices.start[u + 1]);
    for (const i of chosen) for (const j of chosen) counts[i][j]++;
  }
  return counts;
}

/** Enough products that nobody chose to make a catalogue large. */
const UNCHOSEN = Object.fromEntries(Array.from({ length: MAX_DENSE_PRODUCTS }, (_, n) => [`unchosen ${n}`, {}]));

describe("the regression signal", () => {
  it("credits what explains a choice, not what everybody buys", () => {
    const histories = [
      ...Array.from({ length: 10 }, () => ["a", "p", "z"]),
      ["p", "z"],
      ...Array.from({ length: 90 }, (_, u) => ["p", `other${u % 5}`]),
    ];
    const world = new SignalWorld(histories);
    const counts = coOccurrence(world);
    expect(counts[world.at("p")][world.at("z")]).toBeGreaterThan(counts[world.at("a")][world.at("z")]);
    const matrix = world.fit(regression, { lambda: 1 });
    const fromA = world.row(matrix, "a").get("z") ?? 0;
    const fromP = world.row(matrix, "p").get("z") ?? 0;
    expect(fromA).toBeGreaterThan(0.5);
    expect(Math.abs(fromP)).toBeLessThan(0.1 * fromA);
  });

  it("equals a dense ridge regression on all other products", () => {
    for (const nProducts of [12, 13]) {
      const world = new SignalWorld(randomHistories(60, nProducts, 0.4));
      const counts = coOccurrence(world);
      const lambda = 5;
      const matrix = world.fit(regression, { k: nProducts - 1, lambda });
      for (const [target, id] of world.ids.entries()) {
        const others = [...world.ids.keys()].filter((i) => i !== target);
        const gram = others.map((i) => others.map((j) => counts[i][j] + (i === j ? lambda : 0)));
        const weights = solveDense(
          gram,
          others.map((i) => counts[i][target]),
        );
        for (const [n, i] of others.entries()) {
          expect(world.row(matrix, world.ids[i]).get(id)).toBeCloseTo(weights[n], 5);
        }
      }
    }
  });

  it.each([4, 9, 25])("finds the same weights in a catalogue too large for the square of counts, k = %i", (k) => {
    const histories = randomHistories(90, 25, 0.3);
    const small = new SignalWorld(histories);
    const large = new SignalWorld(histories, { attributes: UNCHOSEN });
    const dense = small.fit(regression, { k, lambda: 5 });
    const sparse = large.fit(regression, { k, lambda: 5 }, undefined, 1000);
    expect(dense?.col.length).toBeGreaterThanOrEqual(25 * Math.min(k, 20));
    expect(sparse?.col.length).toBe(dense?.col.length);
    for (const id of small.ids) expect([...large.row(sparse, id)]).toEqual([...small.row(dense, id)]);
  });

  it.each([
    ["small", {}],
    ["large", UNCHOSEN],
  ])("takes the more popular of two that go with a target equally well, in a %s catalogue", (_, attributes) => {
    const times = (n: number, ...history: string[]) => Array.from({ length: n }, () => history);
    const rare = [...times(3, "rare", "target"), ...times(6, "rare")]; // 3/√9
    const popular = [...times(4, "popular", "target"), ...times(12, "popular")]; // 4/√16
    const world = new SignalWorld([...rare, ...popular], { attributes });
    const matrix = world.fit(regression, { k: 1 }, undefined, 1000);
    expect([world.row(matrix, "rare").has("target"), world.row(matrix, "popular").has("target")]).toEqual([
      false,
      true,
    ]);
  });

  it("regresses a target on its k best only", () => {
    const world = new SignalWorld(randomHistories(80, 20, 0.3));
    const matrix = world.fit(regression, { k: 4, lambda: 5 });
    const nSources = world.ids.map((id) => world.ids.filter((from) => world.row(matrix, from).has(id)).length);
    expect(new Set(nSources)).toEqual(new Set([4]));
  });

  it("is the same however its targets are cut into ranges", () => {
    const world = new SignalWorld(randomHistories(60, 15, 0.3));
    expect(world.fit(regression, { k: 6 }, undefined, 4)).toEqual(world.fit(regression, { k: 6 }, undefined, 15));
  });

  it("cuts a long row to its largest weights of either sign, highest first", () => {
    const world = new SignalWorld(randomHistories(60, 12, 0.4));
    const whole = world.row(world.fit(regression, { lambda: 5 }), "p004");
    const cut = world.row(world.fit(regression, { lambda: 5, maxRow: 5 }), "p004");
    const bySize = [...whole].sort(([, x], [, y]) => Math.abs(y) - Math.abs(x)).slice(0, 5);
    expect([...cut]).toEqual(bySize.sort(([, x], [, y]) => y - x));
    expect(Math.min(...cut.values())).toBeLessThan(0);
  });

  it("leans its columns on what the shop sells now", () => {
    const histories = randomHistories(60, 12, 0.4);
    const world = new SignalWorld(histories, { days: histories.map((_, u) => u) });
    const plain = world.row(world.fit(regression), "p003");
    const leaning = world.row(world.fit(regression, { trendExponent: 1 }), "p003");
    const ratio = trendRatio(world.input.log, world.input.choices.popularity, 14);
    for (const [id, weight] of plain) expect(leaning.get(id)).toBeCloseTo(weight * ratio[world.at(id)], 6);
  });

  it("leaves out products that nobody chose with another", () => {
    const world = new SignalWorld([["x", "y"], ["x", "y"], ["alone"]]);
    const matrix = world.fit(regression, { lambda: 1 });
    expect([...world.row(matrix, "alone").keys()]).toEqual([]);
    expect([...world.row(matrix, "x").keys()]).toEqual(["y"]);
  });

  it("is absent where no shopper chose two products, as the collaborative signal is", () => {
    const world = new SignalWorld([["x"], ["y"]]);
    expect(world.fit(regression)).toBeNull();
    expect(world.fit(collaborative)).toBeNull();
  });
});
