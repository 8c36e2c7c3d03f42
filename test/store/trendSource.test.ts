import { beforeEach, describe, expect, test } from "vitest";
import type { Interaction } from "../../src/domain/interaction.js";
import { interactionWeight } from "../../src/domain/interactionWeight.js";
import type { TrendQuery } from "../../src/domain/ports.js";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { seededRandom } from "../../src/scorer/seededRandom.js";
import { trending } from "../../src/signals/trending.js";
import { createBulkWriter } from "../../src/store/bulkWriter.js";
import { createTrainingSource } from "../../src/store/trainingSource.js";
import { createTrendSource } from "../../src/store/trendSource.js";
import { arrangeLog } from "../../src/training/arrangeLog.js";
import { InteractionTable } from "../../src/training/interactionTable.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { interaction } from "./interactions.js";

const database = await createTestDatabase();
const writer = createBulkWriter(database);
const source = createTrendSource(database);
const DAY_MS = 86_400_000;
const NOW_MS = Date.now();

beforeEach(async () => {
  await database.pool.query(
    "TRUNCATE interactions, interaction_receipts, products, users, models, training_runs CASCADE",
  );
});

const ALL: TrendQuery = {
  modelVersion: null,
  newestMs: Number.NaN,
  halfLifeDays: 7,
  weightPower: 0.7,
  settings: { ...DEFAULT_SETTINGS, "rating.neutral": 2.5 },
};

/** Fresh scores by product id. */
async function fresh(query: Partial<TrendQuery> = {}): Promise<Record<string, number>> {
  const { productNo, score } = await source.loadFresh({ ...ALL, ...query });
  const { rows } = await database.pool.query("SELECT product_no, product_id FROM products");
  const idOf = new Map(rows.map((row) => [row.product_no, row.product_id]));
  return Object.fromEntries(Array.from(productNo, (no, row) => [idOf.get(no), score[row]]));
}

const ACTIONS = ["view", "purchase", "add_to_cart", "rating", "dislike", "gaze"];

/** A crowd that does all sorts of things, often the same again on one day. */
function crowd(): Interaction[] {
  const random = seededRandom(3);
  const pick = (n: number) => Math.floor(random() * n);
  return Array.from({ length: 3000 }, (_, i) => {
    const shopper = `s${pick(40)}`;
    const actionName = ACTIONS[pick(ACTIONS.length)];
    return interaction({
      ...(i % 5 === 0 ? { userId: null, sessionId: shopper } : { userId: shopper }),
      productId: `p${pick(12)}`,
      actionName,
      value: actionName === "rating" ? pick(5) + 1 : null,
      occurredAtMs: NOW_MS - Math.floor(random() * 30 * DAY_MS),
      orderId: `o${i}`,
    });
  });
}

test("counts by the rules of the trending signal: all events as fresh give what a training of them gives", async () => {
  await writer.writeInteractions(crowd());
  const table = new InteractionTable();
  for await (const page of createTrainingSource(database).readInteractions()) table.append(page);
  const ids = [...table.products.texts].sort();
  const log = arrangeLog(table, ids, interactionWeight(ALL.settings));
  const trained = trending.fit({ log } as never, { halfLifeDays: 7, weightPower: 0.7 });
  const counted = await fresh();
  expect(Object.keys(counted).length).toBe(12);
  for (const [index, id] of ids.entries()) expect(counted[id]).toBeCloseTo(trained?.[index] ?? 0, 3);
});

const bought = (productId: string, userId: string, agoMs: number) =>
  interaction({ productId, userId, occurredAtMs: NOW_MS - agoMs });

describe("of what is stored", () => {
  test("only what was accepted since the training began is fresh", async () => {
    await writer.writeInteractions([bought("seen by the training", "a", 0)]);
    await database.pool.query(`
      INSERT INTO models (version, status, header, metrics, n_bytes, checksum)
        VALUES (1, 'active', '{}', '{}', 1, repeat('0', 64)), (2, 'retired', '{}', '{}', 1, repeat('0', 64));
      INSERT INTO training_runs (status, reason, model_version) VALUES ('succeeded', 'test', 1)`);
    await writer.writeInteractions([bought("since", "a", 0)]);
    expect(Object.keys(await fresh({ modelVersion: 1 }))).toEqual(["since"]);
    expect(Object.keys(await fresh({ modelVersion: null })).sort()).toEqual(["seen by the training", "since"]);
  });

  test("what lies in the future is left out, so that it does not make all else old", async () => {
    await writer.writeInteractions([bought("cup", "a", 0), bought("time machine", "a", -400 * DAY_MS)]);
    expect(await fresh()).toEqual({ cup: expect.closeTo(5 ** 0.7, 5) });
  });

  test("what an import brings from long ago counts as old as it is", async () => {
    const old = Array.from({ length: 200 }, (_, i) => bought("gone by", `s${i}`, 70 * DAY_MS));
    const unknown = interaction({ productId: "gone by", userId: "z", occurredAtMs: null });
    await writer.writeInteractions([...old, unknown, bought("cup", "a", 0)]);
    expect(Object.keys(await fresh())).toEqual(["cup"]);
    const { "gone by": score } = await fresh({ halfLifeDays: 14 });
    expect(score).toBeCloseTo(200 * 5 ** 0.7 * 2 ** -5, 3);
  });

  test("ages count from the newest event of the model where that is newer", async () => {
    await writer.writeInteractions([bought("cup", "a", 7 * DAY_MS)]);
    const { cup } = await fresh({ newestMs: NOW_MS });
    expect(cup).toBeCloseTo(5 ** 0.7 / 2, 3);
  });

  test("what shoppers do who want no personal lists is left out", async () => {
    await writer.writeInteractions([bought("secret", "a", 0), bought("cup", "b", 0)]);
    await database.pool.query("INSERT INTO users (user_id, is_opted_out) VALUES ('a', true)");
    expect(Object.keys(await fresh())).toEqual(["cup"]);
  });
});
