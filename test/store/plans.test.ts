import type { Pool, PoolClient } from "pg";
import { expect, test } from "vitest";
import type { AdminCommand } from "../../src/domain/adminCommand.js";
import { DEFAULT_SETTINGS } from "../../src/domain/setting.js";
import { toDeadLetter } from "../../src/ingest/deadLetter.js";
import { Rejection } from "../../src/ingest/rejection.js";
import { createCatalogueSource } from "../../src/store/catalogueSource.js";
import { createCommandStore } from "../../src/store/commandStore.js";
import { type Database, inTransaction } from "../../src/store/database.js";
import { createDeadLetterStore } from "../../src/store/deadLetters.js";
import { createErasedShoppers } from "../../src/store/erasedShoppers.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { hasNewInteractions } from "../../src/store/newInteractions.js";
import { Partitions } from "../../src/store/partitions.js";
import { applyProductUpdates } from "../../src/store/productUpdateWriter.js";
import { createSettingsLedger } from "../../src/store/settingsLedger.js";
import { createSettingsSource } from "../../src/store/settingsSource.js";
import { createShopperHistories } from "../../src/store/shopperHistories.js";
import { createStreamWriter } from "../../src/store/streamWriter.js";
import { createTrendSource } from "../../src/store/trendSource.js";
import { message } from "../ingest/streams.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { interaction } from "./interactions.js";

const database = await createTestDatabase();
const BEGIN_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

await new Partitions(database.pool).ensure(Array.from({ length: 10 }, (_, month) => Date.UTC(2026, month, 15)));
await database.pool.query(`
  INSERT INTO products (product_id, changed_xid) SELECT 'p' || i, 5 FROM generate_series(1, 20000) AS i;
  INSERT INTO users (user_id) SELECT 'u' || i FROM generate_series(1, 20000) AS i;
  INSERT INTO interactions (event_key, user_id, session_id, product_no, action_code, occurred_at, received_at)
    SELECT gen_random_uuid(), CASE WHEN i % 3 > 0 THEN 'u' || i % 20000 END, 's' || i % 30000, 1 + i % 20000, 6, at, at
    FROM generate_series(1, 200000) AS i, LATERAL (SELECT '2026-01-01Z'::timestamptz + i * interval '2 minutes' AS at) AS t;
  INSERT INTO interaction_receipts SELECT event_key FROM interactions;
  INSERT INTO settings (parameter_name, value) VALUES ('weight.trending', '2');
  INSERT INTO settings_versions (version, door, is_verified, changes, held, command_id)
    SELECT i, 'graphql', true, '[]', '{}', 'c' || i FROM generate_series(1, 5000) AS i;
  INSERT INTO consumer_offsets (consumer_group, topic, partition, next_offset)
    SELECT 'g' || i % 100, 't' || i % 20, i, 7 FROM generate_series(1, 5000) AS i;
  INSERT INTO dead_letters (topic, partition, "offset", sent_at, headers, n_bytes, sha256, reason, message, replayed_at)
    SELECT 't', 0, i, '2026-01-01Z', '[]', 0, repeat('0', 64), 'bad_json', 'Cannot', CASE WHEN i % 20 > 0 THEN now() END
    FROM generate_series(1, 20000) AS i;
  INSERT INTO admin_commands (command_id, type, body, door, is_verified, status, outcome, decided_at, published_at)
    SELECT 'c' || i, 'set_parameter', '{}', 'kafka', true, 'accepted', '{}', now(), now() FROM generate_series(1, 20000) AS i;
  INSERT INTO shopper_aliases (kind, alias_id, user_id) SELECT 'session', 's' || i, 'u' || i FROM generate_series(1, 5000) AS i;
  INSERT INTO service_secrets (name, value) VALUES ('erasure', 'salt');
  INSERT INTO shopper_tombstones (shopper_hash, erased_at) SELECT sha256(i::text::bytea), now() FROM generate_series(1, 5000) AS i;
  INSERT INTO models (version, status, header, metrics, n_bytes, checksum, created_at)
    VALUES (1, 'active', '{}', '{}', 1, repeat('0', 64), '2026-10-04')`);
await database.pool.query("VACUUM (ANALYZE)");

type Statement = { readonly text: string; readonly values?: unknown[] };

type Query = (query: string | Statement, values?: unknown[]) => Promise<unknown>;

/** The same database, writing down every statement with its values. */
function recording(statements: Statement[]): Database {
  const noting = <T extends Pool | PoolClient>(one: T): T =>
    new Proxy(one, {
      get(target, name) {
        if (name === "connect") return async () => noting(await (target as Pool).connect());
        const member = Reflect.get(target, name);
        if (name !== "query") return typeof member === "function" ? member.bind(target) : member;
        return (query: string | Statement, values?: unknown[]) => {
          statements.push(typeof query === "string" ? { text: query, values } : query);
          return (member as unknown as Query).call(target, query, values);
        };
      },
    });
  return { ...database, pool: noting(database.pool) };
}

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Parent Relationship"?: string;
  readonly Filter?: string;
  readonly Plans?: readonly Plan[];
}

/** Whether a table has any row at all is asked for: the first one answers. */
function isForAnyRow(plan: Plan): boolean {
  return plan["Parent Relationship"] === "InitPlan" && plan.Filter === undefined;
}

/** A text sent without values may hold several statements. */
function single({ text, values }: Statement): Statement[] {
  const texts = values === undefined ? text.split(";") : [text];
  return texts
    .filter((one) => /^\s*(WITH|SELECT|INSERT|UPDATE|DELETE)/.test(one))
    .map((one) => ({ text: one, values }));
}

/** Tables with more than a few pages of rows that a statement would read from end to end. */
async function readWhole({ text, values }: Statement): Promise<string[]> {
  const large = await database.pool.query("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 1000");
  const names = new Set(large.rows.map(({ relname }) => relname));
  const { rows } = await database.pool.query(`EXPLAIN (FORMAT JSON) ${text}`, values);
  const whole: string[] = [];
  const visit = (plan: Plan) => {
    const name = plan["Relation Name"];
    if (plan["Node Type"] === "Seq Scan" && name !== undefined && names.has(name) && !isForAnyRow(plan))
      whole.push(name);
    for (const inner of plan.Plans ?? []) visit(inner);
  };
  visit(rows[0]["QUERY PLAN"][0].Plan);
  return whole;
}

const someEvents = Array.from({ length: 20 }, (_, i) =>
  interaction({ userId: `u${i}`, productId: `p${i}`, occurredAtMs: BEGIN_MS + i * DAY_MS }),
);
const someUpdates = Array.from({ length: 20 }, (_, i) => ({
  change: { productId: `p${i}`, price: i },
  isDeleted: false,
  version: 1,
  sentAtMs: null,
}));
const users = Array.from({ length: 50 }, (_, i) => `u${i}`);
const sessions = Array.from({ length: 50 }, (_, i) => `s${3 * i}`);

const letters = someEvents.map((_, i) =>
  toDeadLetter(message("{", { offset: BigInt(i) }), new Rejection("bad_json", "Cannot")),
);
const nothingElse = { interactions: [], updates: [], commands: [], deadLetters: [] };
const position = { group: "g1", topic: "t1", partition: 1, firstOffset: 7n, nextOffset: 8n, endOffset: 9n };
const oneCommand: AdminCommand = {
  commandId: "new",
  type: "set_parameter",
  body: {},
  door: "kafka",
  issuedBy: null,
  issuedAtMs: null,
  isVerified: false,
};

const HOT: [string, (shop: Database) => Promise<unknown>][] = [
  ["the histories of shoppers", (shop) => createShopperHistories(shop).load(users, "purchased")],
  ["the histories of visits", (shop) => createShopperHistories(shop).loadSessions(sessions, "seen")],
  ["a live write: shoppers' fates, receipts, products", (shop) => createInteractionWriter(shop).write(someEvents)],
  [
    "a live write of products that nobody has named yet",
    (shop) => createInteractionWriter(shop).write([interaction({ productId: "quite new", userId: "u1" })]),
  ],
  ["the position of a consumer", (shop) => createStreamWriter(shop).write({ ...nothingElse, position })],
  [
    "dead letters to keep, those of erased shoppers left out",
    (shop) => createStreamWriter(shop).write({ ...nothingElse, position, deadLetters: letters }),
  ],
  [
    "dead letters to list, show and replay",
    async (shop) => {
      const store = createDeadLetterStore(shop);
      await store.waiting({ reason: "bad_json", after: 100, most: 200 });
      await store.find(100);
      await store.markReplayed([100, 101]);
    },
  ],
  ["commands to keep", (shop) => createStreamWriter(shop).write({ ...nothingElse, position, commands: [oneCommand] })],
  [
    "commands to decide",
    (shop) => createCommandStore(shop).inTransaction((own) => createCommandStore(shop).takeOldest(own)),
  ],
  ["a command's outcome", (shop) => createCommandStore(shop).find("c100")],
  [
    "the settings in force",
    (shop) =>
      createSettingsLedger(
        shop,
        createSettingsSource(shop, () => {}),
      ).current(),
  ],
  ["whether anybody was erased", (shop) => createErasedShoppers(shop).newest()],
  ["whether enough is new for a training", (shop) => hasNewInteractions(shop, new Date("2026-10-03Z"), 1000)],
  ["product updates", (shop) => inTransaction(shop.pool, (client) => applyProductUpdates(client, someUpdates))],
  [
    "what changed in the catalogue",
    async (shop) => {
      const { rows } = await database.pool.query("SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS position");
      return createCatalogueSource(shop).loadChanges(rows[0].position);
    },
  ],
  [
    "what the crowd has done since the training",
    (shop) =>
      createTrendSource(shop).loadFresh({
        modelVersion: 1,
        newestMs: Date.UTC(2026, 9, 4),
        halfLifeDays: 7,
        weightPower: 1,
        settings: DEFAULT_SETTINGS,
      }),
  ],
];

test.each(HOT)("no large table is read from end to end for %s", async (_, work) => {
  const statements: Statement[] = [];
  await work(recording(statements));
  const plans = await Promise.all(
    statements.flatMap(single).map(async (one) => [one.text, await readWhole(one)] as const),
  );
  expect(plans.length).toBeGreaterThan(0);
  for (const [text, whole] of plans) expect(whole, text).toEqual([]);
});

test("a statement that does read a large table from end to end is found", async () => {
  expect(await readWhole({ text: "SELECT count(*) FROM products WHERE name = 'x'" })).toEqual(["products"]);
});
