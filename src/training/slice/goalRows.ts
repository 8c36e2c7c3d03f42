import { ACTION } from "../../domain/interaction.js";
import type { InteractionLog } from "../../signals/interactionLog.js";

/** Purchases are what is asked for where so many shoppers buy, or such a share of those who choose. */
const MIN_BUYERS = 500;
const MIN_BUYER_SHARE = 0.2;

/** 1 for rows that count as success: purchases where the shop has enough of them, else every choice. */
export function goalRows(log: InteractionLog): Uint8Array {
  const isPurchase = (row: number) => log.action[row] === ACTION.purchase && log.weight[row] > 0;
  let nBuyers = 0;
  let nChoosers = 0;
  for (let shopper = 0; shopper < log.nShoppers; shopper++) {
    let buys = false;
    let chooses = false;
    for (let row = log.start[shopper]; row < log.start[shopper + 1]; row++) {
      buys ||= isPurchase(row);
      chooses ||= log.weight[row] > 0;
    }
    if (buys) nBuyers++;
    if (chooses) nChoosers++;
  }
  const asksPurchase = nBuyers >= MIN_BUYERS || nBuyers >= MIN_BUYER_SHARE * nChoosers;
  return Uint8Array.from(log.product, (_, row) => Number(log.weight[row] > 0 && (!asksPurchase || isPurchase(row))));
}
