import { expect, test } from "vitest";
import { createShopperAdministration } from "../../src/admin/shoppers.js";
import { shopperKeys } from "../../src/domain/shopperKey.js";
import { decodeModel } from "../../src/model/artifact.js";
import type { LiveState } from "../../src/serving/liveState.js";
import { createBulkWriter } from "../../src/store/bulkWriter.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { createModelStore } from "../../src/store/modelStore.js";
import { createShopperStore } from "../../src/store/shopperStore.js";
import { interaction } from "../store/interactions.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { fillTwoCircles, idsOf, listsFor, openReplica, train } from "./shop.js";

const JANE = "jane.жук@example.org";
const OLD_JANE = "guest-4711-0815";

const database = await createTestDatabase();
const { pool } = database;
const models = createModelStore(database);
const writer = createInteractionWriter(database);
const shoppers = createShopperAdministration({ store: createShopperStore(database), forgetFiles: async () => {} });

const DAY_MS = 86_400_000;
const bought = (userId: string, products: readonly string[]) =>
  products.map((productId, day) =>
    interaction({
      userId,
      productId,
      sessionId: `visit of ${userId}`,
      occurredAtMs: Date.UTC(2026, 1, 1) + day * DAY_MS,
    }),
  );
const everything = [...bought(JANE, ["rake", "hose", "seeds"]), ...bought(OLD_JANE, ["spade", "gloves"])];

await fillTwoCircles(database);
await writer.write(everything);
await createBulkWriter(database).writeUsers([{ userId: JANE, attributes: { nickname: JANE } }]);
await train(database);
await shoppers.merge({ kind: "user", id: OLD_JANE }, JANE);
await train(database);
await pool.query(
  `INSERT INTO dead_letters (topic, partition, "offset", key, payload, reason) VALUES ('user-interactions', 0, 1, $1, $2, 'bad_json')`,
  [Buffer.from(JANE), Buffer.from(JSON.stringify({ user_id: JANE }).slice(0, -1))],
);

/** Everything of every table as text, the bytes of models and messages in each encoding that an id may hide in. */
async function everythingStored(): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition",
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    for (const row of (await pool.query(`SELECT * FROM ${name}`)).rows) {
      texts.push(JSON.stringify(row));
      for (const value of Object.values(row))
        if (Buffer.isBuffer(value)) texts.push(value.toString("utf8"), value.toString("hex"));
    }
  }
  return texts.join("\n");
}

function encodings(id: string): string[] {
  const bytes = Buffer.from(id);
  const utf16 = Buffer.from(id, "utf16le");
  const whole = (text: string) => text.replace(/=+$/, "").slice(0, -1);
  return [
    id,
    JSON.stringify(id).slice(1, -1),
    encodeURIComponent(id),
    bytes.toString("hex"),
    utf16.toString("hex"),
    whole(bytes.toString("base64")),
  ];
}

/** The keys of the pasts that a replica answers from. */
function servedKeys(state: LiveState): Set<string> {
  const keys = new Set<string>();
  for (const signal of state.current().served.signals) {
    if (signal?.kind !== "histories") continue;
    const { shopperKey } = signal.index;
    for (let h = 0; h < shopperKey.length; h += 2) keys.add(shopperKey.subarray(h, h + 2).join());
  }
  return keys;
}

const keyOf = (id: string) => shopperKeys([id]).join();

test("the model knows whose pasts it holds without holding an id", async () => {
  const { histories } = decodeModel(await models.loadArtifact(1));
  expect([...histories.keys()]).toContain("neighbours");
  const { state } = await openReplica(database);
  expect(servedKeys(state)).toContain(keyOf(JANE));
  const bytes = Buffer.from(await models.loadArtifact(1));
  for (const text of encodings(JANE)) expect(bytes.includes(text)).toBe(false);
});

test("erased, replayed from the beginning, rolled back: nothing of the shopper is anywhere", async () => {
  const running = await openReplica(database);
  expect((await listsFor(running.server, [JANE]))[0].source).toBe("PERSONALIZED");
  const before = await everythingStored();
  for (const id of [JANE, OLD_JANE]) expect(before.includes(id)).toBe(true);

  expect(await shoppers.erase(JANE)).toMatchObject({ kind: "erased", erasedInteractions: 5, erasedDeadLetters: 1 });
  await running.state.refresh();
  expect(servedKeys(running.state)).not.toContain(keyOf(JANE));
  expect(servedKeys(running.state)).toContain(keyOf("s1"));

  expect(await writer.write(everything)).toMatchObject({ accepted: 0, duplicates: 0, erased: 5 });
  await createBulkWriter(database).writeUsers([{ userId: JANE, attributes: { nickname: JANE } }]);
  await models.activate(1, { pin: false });
  await running.state.refresh();
  const fresh = await openReplica(database);
  for (const { state, server } of [running, fresh]) {
    expect(state.modelVersion).toBe("1");
    for (const id of [JANE, OLD_JANE]) expect(servedKeys(state)).not.toContain(keyOf(id));
    const [list] = await listsFor(server, [JANE]);
    expect(list.source).toBe("FALLBACK_TRENDING");
    expect(idsOf(list)).not.toHaveLength(0);
  }

  const after = await everythingStored();
  for (const id of [JANE, OLD_JANE]) {
    for (const text of encodings(id)) expect(after.includes(text)).toBe(false);
  }
});

test("whoever comes back is in the next model again, and in none from before", async () => {
  await pool.query("UPDATE shopper_tombstones SET erased_at = now() - interval '1 hour'");
  const since = Date.now() - 60_000;
  const again = ["rake", "hose", "seeds"].map((productId, i) =>
    interaction({ userId: JANE, productId, occurredAtMs: since + i * 1000 }),
  );
  expect(await writer.write(again)).toMatchObject({ accepted: 3 });
  const { version } = await train(database);
  await models.activate(version, { pin: false });
  const { state } = await openReplica(database);
  expect(servedKeys(state)).toContain(keyOf(JANE));
  await pool.query("UPDATE training_runs SET started_at = now() - interval '2 hours' WHERE model_version = 1");
  await models.activate(1, { pin: false });
  await state.refresh();
  expect(servedKeys(state)).not.toContain(keyOf(JANE));
});
