import { beforeEach, describe, expect, test } from "vitest";
import { createShopperAdministration } from "../../src/admin/shoppers.js";
import type { Interaction } from "../../src/domain/interaction.js";
import type { WriteResult } from "../../src/domain/ports.js";
import type { ShopperExport } from "../../src/domain/shopper.js";
import { createBulkWriter } from "../../src/store/bulkWriter.js";
import { inTransaction } from "../../src/store/database.js";
import { createInteractionWriter, writeInteractionsIn } from "../../src/store/interactionWriter.js";
import { createShopperHistories } from "../../src/store/shopperHistories.js";
import { createShopperStore } from "../../src/store/shopperStore.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { interaction, NOW } from "./interactions.js";

const database = await createTestDatabase();
const { pool } = database;
const forgotten: string[][] = [];
const shoppers = createShopperAdministration({
  store: createShopperStore(database),
  forgetFiles: async (names) => {
    forgotten.push([...names]);
  },
});
const live = createInteractionWriter(database).write;
const bulk = createBulkWriter(database);
const histories = createShopperHistories(database);

type Write = (interactions: readonly Interaction[]) => Promise<WriteResult>;
const doors: [string, Write][] = [
  ["the live write", live],
  ["the bulk write", bulk.writeInteractions],
];

beforeEach(async () => {
  forgotten.length = 0;
  await pool.query(`TRUNCATE interactions, interaction_receipts, products, users, shopper_aliases, shopper_tombstones,
                    service_secrets, dead_letters, admin_commands`);
});

async function productsOf(userId: string): Promise<string[]> {
  const { interactions } = await exportOf(userId);
  return interactions.map(({ productId }) => productId).sort();
}

async function exportOf(userId: string): Promise<ShopperExport> {
  const held = await shoppers.export(userId);
  if ("kind" in held) throw new Error(held.message);
  return held;
}

const ann = (id: string) => ({ kind: "user", id }) as const;
const visit = (id: string) => ({ kind: "session", id }) as const;

describe.each(doors)("a merge, and events by %s", (_name, write) => {
  test("the history moves, and late events of the old name follow it", async () => {
    await write([interaction({ userId: "old", productId: "cup" }), interaction({ userId: "new", productId: "pot" })]);
    expect(await shoppers.merge(ann("old"), "new")).toEqual({ kind: "merged", userId: "new", movedInteractions: 1 });
    const late = interaction({ userId: "old", productId: "spoon" });
    expect(await write([late, interaction({ userId: "old", productId: "cup" })])).toMatchObject({
      accepted: 1,
      duplicates: 1,
    });
    expect(await productsOf("new")).toEqual(["cup", "pot", "spoon"]);
    expect((await histories.load(["old"], "purchased"))[0].productNo).toHaveLength(0);
  });

  test("what happened in a visit without a shopper moves too, and what happens later in it", async () => {
    const inVisit = { userId: null, sessionId: "visit 1" };
    await write([
      interaction({ ...inVisit, productId: "cup" }),
      interaction({ userId: "bob", sessionId: "visit 1", productId: "rake" }),
    ]);
    expect(await shoppers.merge(visit("visit 1"), "new")).toMatchObject({ movedInteractions: 1 });
    await write([interaction({ ...inVisit, productId: "pot" })]);
    expect(await productsOf("new")).toEqual(["cup", "pot"]);
    expect(await productsOf("bob")).toEqual(["rake"]);
    expect((await histories.loadSessions(["visit 1"], "purchased"))[0].productNo).toHaveLength(0);
  });
});

describe("a merge", () => {
  test("chains resolve, whichever link came first", async () => {
    for (const id of ["a", "b", "c"]) await live([interaction({ userId: id, productId: id })]);
    await shoppers.merge(ann("a"), "b");
    await shoppers.merge(ann("b"), "c");
    await live([interaction({ userId: "a", productId: "late" })]);
    expect(await productsOf("c")).toEqual(["a", "b", "c", "late"]);
    await live([interaction({ userId: "z", productId: "z" })]);
    expect(await shoppers.merge(ann("z"), "a")).toMatchObject({ userId: "c", movedInteractions: 1 });
    expect((await exportOf("a")).userId).toBe("c");
  });

  test("twice is harmless, a circle and a second owner are refused", async () => {
    await shoppers.merge(ann("a"), "b");
    expect(await shoppers.merge(ann("a"), "b")).toEqual({ kind: "merged", userId: "b", movedInteractions: 0 });
    expect(await shoppers.merge(ann("b"), "a")).toMatchObject({ kind: "refused", code: "SAME_SHOPPER" });
    expect(await shoppers.merge(ann("b"), "b")).toMatchObject({ kind: "refused", code: "SAME_SHOPPER" });
    expect(await shoppers.merge(ann("a"), "c")).toMatchObject({ kind: "refused", code: "MERGED_ELSEWHERE" });
    expect(await shoppers.merge(ann(""), "c")).toMatchObject({ kind: "refused", code: "INVALID_INPUT", field: "from" });
  });

  test("attributes of the one it goes into win, and a no to personalisation of either stays", async () => {
    await bulk.writeUsers([
      { userId: "old", attributes: { gender: "F", city: "Ulm" } },
      { userId: "new", attributes: { city: "Bonn" } },
    ]);
    await shoppers.setPersonalization("old", false);
    await shoppers.merge(ann("old"), "new");
    await bulk.writeUsers([{ userId: "old", attributes: { city: "Rome" } }]);
    expect(await exportOf("new")).toMatchObject({
      attributes: { gender: "F", city: "Bonn" },
      isPersonalizationAllowed: false,
      aliases: [{ kind: "user", id: "old" }],
    });
    expect((await pool.query("SELECT user_id FROM users")).rows).toEqual([{ user_id: "new" }]);
  });

  test("no event is left behind by writes that run at the same time", async () => {
    const event = (i: number) => interaction({ userId: "old", eventId: `e${i}`, productId: `p${i}` });
    const writes = Array.from({ length: 40 }, (_, i) => live([event(i)]));
    const merging = shoppers.merge(ann("old"), "new");
    await Promise.all([...writes, merging]);
    expect(await productsOf("new")).toHaveLength(40);
    expect((await pool.query("SELECT FROM interactions WHERE user_id = 'old'")).rowCount).toBe(0);
  });

  test("a write that has begun is waited for", async () => {
    let merging: Promise<unknown> = Promise.resolve();
    await inTransaction(pool, async (client) => {
      await writeInteractionsIn(client, [interaction({ userId: "old" })]);
      merging = shoppers.merge(ann("old"), "new");
    });
    expect(await merging).toMatchObject({ movedInteractions: 1 });
  });
});

/** After everything a test stores. */
const LATER = Date.UTC(2100, 0, 1);

describe.each(doors)("an erasure, and copies by %s", (_name, write) => {
  test("events up to it are refused, whether they were stored before or not", async () => {
    const stored = interaction({ userId: "ann", productId: "cup" });
    await write([stored, interaction({ userId: "bob" })]);
    expect(await shoppers.erase("ann")).toMatchObject({ kind: "erased", erasedInteractions: 1 });
    const neverStored = interaction({ userId: "ann", productId: "pot" });
    const timeless = interaction({ userId: "ann", productId: "jug", occurredAtMs: null });
    expect(await write([stored, neverStored, timeless])).toMatchObject({ accepted: 0, duplicates: 0, erased: 3 });
    expect(await write([interaction({ userId: "bob" })])).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await productsOf("ann")).toEqual([]);
    expect(await productsOf("bob")).toHaveLength(1);
  });

  test("a refused event that comes again with a later time is still the same event", async () => {
    await shoppers.erase("ann");
    const refused = interaction({ userId: "ann", eventId: "e1" });
    await write([refused]);
    expect(await write([{ ...refused, occurredAtMs: LATER }])).toMatchObject({ accepted: 0, duplicates: 1 });
  });

  test("a shopper who comes back has what they did since, and nothing else", async () => {
    await write([interaction({ userId: "ann", productId: "cup" })]);
    await shoppers.erase("ann");
    const since = interaction({ userId: "ann", productId: "pot", occurredAtMs: LATER });
    expect(await write([since, interaction({ userId: "ann", productId: "cup" })])).toMatchObject({ accepted: 1 });
    expect(await productsOf("ann")).toEqual(["pot"]);
  });

  test("names that were merged into the shopper are erased with them, whichever is named", async () => {
    await write([interaction({ userId: "old" }), interaction({ userId: null, sessionId: "visit 1" })]);
    await shoppers.merge(ann("old"), "ann");
    await shoppers.merge(visit("visit 1"), "ann");
    expect(await shoppers.erase("old")).toMatchObject({ erasedInteractions: 2 });
    const copies = [
      interaction({ userId: "old", productId: "cup" }),
      interaction({ userId: null, sessionId: "visit 1", productId: "cup" }),
      interaction({ userId: "ann", productId: "cup" }),
    ];
    expect(await write(copies)).toMatchObject({ accepted: 0, erased: 3 });
    expect(forgotten).toEqual([["ann", "old", "visit 1"]]);
  });
});

describe("an erasure", () => {
  test("takes attributes with it, and a file brings them back only for somebody who has come back", async () => {
    const rows = [
      { userId: "ann", attributes: { city: "Ulm" } },
      { userId: "bob", attributes: { city: "Bonn" } },
    ];
    await bulk.writeUsers(rows);
    await shoppers.erase("ann");
    expect(await bulk.writeUsers(rows)).toEqual({ changed: 0 });
    expect((await pool.query("SELECT user_id FROM users")).rows).toEqual([{ user_id: "bob" }]);
    await live([interaction({ userId: "ann", occurredAtMs: LATER })]);
    expect(await bulk.writeUsers(rows)).toEqual({ changed: 1 });
  });

  test("takes dead letters that speak of the shopper, and leaves those about others with the same id", async () => {
    const letters: [string, string | null, string][] = [
      ["user-interactions", "7", '{"product_id":"p1"}'],
      ["user-interactions", null, '{"user_id":7,"product_id":"p1"}'],
      ["user-interactions", null, '{"user_id":"7","product_id'],
      ["user-interactions", "8", '{"user_id":"8","product_id":"7"}'],
      ["user-interactions", "8", '{"user_id":"78"'],
      ["product-updates", "7", '{"product_id":"7","price":"much"}'],
    ];
    for (const [offset, [topic, key, payload]] of letters.entries()) {
      await pool.query(
        `INSERT INTO dead_letters (topic, partition, "offset", key, payload, reason) VALUES ($1, 0, $2, $3, $4, 'bad_id')`,
        [topic, offset, key === null ? null : Buffer.from(key), Buffer.from(payload)],
      );
    }
    expect((await exportOf("7")).deadLetters.map(({ offset }) => offset)).toEqual(["0", "1", "2"]);
    expect(await shoppers.erase("7")).toMatchObject({ erasedDeadLetters: 3 });
    const { rows } = await pool.query('SELECT "offset"::int AS n FROM dead_letters ORDER BY 1');
    expect(rows.map(({ n }) => n)).toEqual([3, 4, 5]);
  });

  test("takes the shopper out of the record of commands, which stay known by their id", async () => {
    const add = (id: string, body: object) =>
      pool.query("INSERT INTO admin_commands (command_id, type, body, door) VALUES ($1, $2, $3, 'kafka')", [
        id,
        "erase_user",
        body,
      ]);
    await add("c1", { user_id: "ann" });
    await add("c2", { user_id: "bob" });
    await shoppers.erase("ann");
    const { rows } = await pool.query("SELECT command_id, body FROM admin_commands ORDER BY 1");
    expect(rows).toEqual([
      { command_id: "c1", body: {} },
      { command_id: "c2", body: { user_id: "bob" } },
    ]);
  });

  test("leaves a hash that the id alone does not give", async () => {
    await shoppers.erase("ann");
    const { rows } = await pool.query("SELECT shopper_hash FROM shopper_tombstones");
    const { rows: plain } = await pool.query(
      "SELECT sha256('ann') AS whole, sha256(substr(sha256('ann'), 1, 8)) AS key",
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].shopper_hash).not.toEqual(plain[0].whole);
    expect(rows[0].shopper_hash).not.toEqual(plain[0].key);
  });

  test("twice moves the time, an unknown shopper is no error", async () => {
    const first = await shoppers.erase("nobody");
    const second = await shoppers.erase("nobody");
    expect(first).toMatchObject({ kind: "erased", erasedInteractions: 0 });
    expect((second as { erasedAt: Date }).erasedAt >= (first as { erasedAt: Date }).erasedAt).toBe(true);
    expect((await pool.query("SELECT FROM shopper_tombstones")).rowCount).toBe(1);
  });

  test("nothing slips in beside writes that run at the same time", async () => {
    const event = (i: number) => interaction({ userId: "ann", eventId: `e${i}`, productId: `p${i}` });
    const writes = Array.from({ length: 40 }, (_, i) => live([event(i)]));
    await Promise.all([...writes, shoppers.erase("ann")]);
    expect(await productsOf("ann")).toEqual([]);
  });
});

test("an export holds everything of a shopper", async () => {
  await bulk.writeUsers([{ userId: "ann", attributes: { city: "Ulm" } }]);
  const facts = { userId: "ann", productId: "pot", actionName: "haggle", value: 3, orderId: "o1", price: 2.5 };
  await live([interaction({ ...facts, sessionId: "visit 2" }), interaction({ userId: "bob" })]);
  await shoppers.merge(visit("visit 1"), "ann");
  expect(await exportOf("ann")).toMatchObject({
    userId: "ann",
    attributes: { city: "Ulm" },
    isPersonalizationAllowed: true,
    aliases: [{ kind: "session", id: "visit 1" }],
    interactions: [
      {
        action: "haggle",
        productId: "pot",
        sessionId: "visit 2",
        value: 3,
        orderId: "o1",
        quantity: null,
        price: 2.5,
        occurredAt: new Date(NOW),
      },
    ],
    deadLetters: [],
  });
  expect(await exportOf("nobody")).toMatchObject({ attributes: {}, interactions: [] });
});
