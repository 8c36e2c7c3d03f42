import { interactionWeight } from "../../src/domain/interactionWeight.js";
import { Accumulator } from "../../src/signals/accumulator.js";
import type { HistoryIndex } from "../../src/signals/historyIndex.js";
import { HistoryScratch, searchHistories } from "../../src/signals/historySearch.js";
import { distinctChoices } from "../../src/signals/interactionLog.js";
import type { MatrixSignal, Parameters, SignalInput, WholeSignal } from "../../src/signals/signal.js";
import type { SparseMatrix } from "../../src/signals/sparseMatrix.js";
import { rankForTies } from "../../src/signals/tieRank.js";
import { arrangeLog } from "../../src/training/arrangeLog.js";
import { product, type Shop } from "../worlds/shop.js";

/** What signals see of a test world, and the ids behind the product numbers. */
export interface WorldInput extends SignalInput {
  readonly productIds: readonly string[];
}

/** @param segmentsOf what the shop knows of a user; their order in the log is that of their ids */
export function signalInput(shop: Shop, segmentsOf: (user: string) => string[] = () => []): WorldInput {
  const table = shop.table();
  const known = new Map(shop.products.map((p) => [p.productId, p]));
  const productIds = [...new Set([...known.keys(), ...table.products.texts])].sort();
  const log = arrangeLog(table, productIds, interactionWeight(shop.settings));
  const choices = distinctChoices(log);
  return {
    log,
    choices,
    attributes: productIds.map((id) => known.get(id) ?? product(id)),
    segments: [...table.shoppers.texts].sort().map(segmentsOf),
    tieRank: rankForTies(productIds, choices.popularity),
    productIds,
  };
}

/** A matrix signal fitted over all products, or null when the signal is absent. */
export function fitWhole(signal: MatrixSignal, input: SignalInput, parameters: Parameters = {}): SparseMatrix | null {
  const fit = signal.prepare(input, { ...signal.defaults, ...parameters }, new Map());
  return fit === null ? null : fit.assemble([fit.fitRange({ from: 0, to: input.log.nProducts })]);
}

/** The entries of one row by product id, best first. */
export function rowOf(matrix: SparseMatrix, row: number, { productIds }: WorldInput): [string, number][] {
  const entries: [string, number][] = [];
  for (let e = matrix.rowStart[row]; e < matrix.rowStart[row + 1]; e++) {
    entries.push([productIds[matrix.col[e]], matrix.value[e]]);
  }
  return entries;
}

/** How a history signal answers a profile of product ids, the newest first, each counting half of the one before. */
export function answerOf(
  signal: WholeSignal<HistoryIndex>,
  input: WorldInput,
  profile: readonly string[],
  parameters: Parameters = {},
): Map<string, number> | null {
  const all = { ...signal.defaults, ...parameters };
  const index = signal.fit(input, all);
  if (index === null) return null;
  const answers = new Accumulator(input.log.nProducts);
  const vector = {
    product: Int32Array.from(profile, (id) => input.productIds.indexOf(id)),
    weight: Float64Array.from(profile, (_, place) => 2 ** -place),
  };
  searchHistories(index, all, vector, answers, new HistoryScratch(index));
  return new Map(
    Array.from(answers.touched.subarray(0, answers.nTouched), (p) => [input.productIds[p], answers.sum[p]]),
  );
}
