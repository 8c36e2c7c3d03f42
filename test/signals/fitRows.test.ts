import { describe, expect, it } from "vitest";
import { interactionWeight } from "../../src/domain/interactionWeight.js";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { collaborative } from "../../src/signals/collaborative.js";
import { fitRows } from "../../src/signals/fitRows.js";
import { distinctChoices } from "../../src/signals/interactionLog.js";
import type { MatrixFit, RowKernel, SignalInput } from "../../src/signals/signal.js";
import { rankForTies } from "../../src/signals/tieRank.js";
import { arrangeLog } from "../../src/training/arrangeLog.js";
import { twoCircles } from "../worlds/shop.js";

function input(): SignalInput {
  const shop = twoCircles();
  const productIds = shop.products.map((p) => p.productId).sort();
  const log = arrangeLog(shop.table(), productIds, interactionWeight(DEFAULT_SETTINGS));
  const choices = distinctChoices(log);
  return {
    log,
    choices,
    attributes: shop.products,
    segments: [],
    tieRank: rankForTies(productIds, choices.popularity),
  };
}

function collaborativeFit(): MatrixFit {
  const fit = collaborative.prepare(input(), collaborative.defaults, new Map());
  if (fit === null) throw new Error("the world carries the signal");
  return fit;
}

describe("fitting rows", () => {
  it("gives the same matrix however the rows are cut into ranges", () => {
    const fit = collaborativeFit();
    const whole = fit.fitRange({ from: 0, to: 10 });
    const cut = [0, 1, 4, 9].map((from, i, all) => fit.fitRange({ from, to: all[i + 1] ?? 10 }));
    expect(fit.assemble(cut)).toEqual(whole);
  });

  it("scales every row to sum 1 and keeps the product itself out", () => {
    const matrix = collaborativeFit().fitRange({ from: 0, to: 10 });
    for (let row = 0; row < 10; row++) {
      const from = matrix.rowStart[row];
      const to = matrix.rowStart[row + 1];
      expect(matrix.value.subarray(from, to).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      expect([...matrix.col.subarray(from, to)]).not.toContain(row);
    }
  });

  it.each([
    ["in falling order", (product: number) => 400 - product],
    ["in rising order", (product: number) => product + 1],
    ["all alike", () => 1],
    [
      "where every fourth is far above the rest, which a sample of every fourth takes for all",
      (product: number) => (product % 4 === 0 ? 1000 + product : 1 + product / 1000),
    ],
  ])("keeps the k best of many scores %s", (_, scoreOf) => {
    const nProducts = 400;
    const k = 50;
    const tieRank = Int32Array.from({ length: nProducts }, (_, product) => product);
    const kernel: RowKernel = (_, row) => {
      for (const product of tieRank) row.add(product, scoreOf(product));
    };
    const { col } = fitRows(kernel, nProducts, { k, tieRank }, { from: 7, to: 8 });
    const others = [...tieRank].filter((product) => product !== 7);
    const best = others.sort((a, b) => scoreOf(b) - scoreOf(a) || a - b).slice(0, k);
    expect([...col]).toEqual(best);
  });
});
