import type { InteractionLog } from "../signals/interactionLog.js";

/** The log without the hidden rows; shoppers and products keep their numbers. Cost: one pass. */
export function subsetLog(log: InteractionLog, isHidden: Uint8Array): InteractionLog {
  const kept: number[] = [];
  const start = new Int32Array(log.nShoppers + 1);
  let newestMs = Number.NaN;
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    for (let row = log.start[shopper]; row < log.start[shopper + 1]; row++) {
      if (isHidden[row] === 1) continue;
      kept.push(row);
      const time = log.timeMs[row];
      if (!(time <= newestMs) && !Number.isNaN(time)) newestMs = time;
    }
    start[shopper + 1] = kept.length;
  }
  return {
    ...log,
    start,
    product: Int32Array.from(kept, (row) => log.product[row]),
    action: Uint8Array.from(kept, (row) => log.action[row]),
    weight: Float32Array.from(kept, (row) => log.weight[row]),
    value: Float32Array.from(kept, (row) => log.value[row]),
    timeMs: Float64Array.from(kept, (row) => log.timeMs[row]),
    basket: Int32Array.from(kept, (row) => log.basket[row]),
    newestMs,
  };
}
