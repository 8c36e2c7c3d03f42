import { describe, expect, it } from "vitest";
import { interactionWeight } from "../../src/domain/interactionWeight.js";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { collaborative } from "../../src/signals/collaborative.js";
import { distinctChoices } from "../../src/signals/interactionLog.js";
import type { MatrixFit, SignalInput } from "../../src/signals/signal.js";
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
});
