import { randomBytes } from "node:crypto";
import type { PoolClient } from "pg";
import { ACTION_TYPES } from "../domain/interaction.js";
import type {
  ErasureDone,
  ExportedDeadLetter,
  ExportedInteraction,
  MergeDecision,
  MergeDone,
  MergeStanding,
  ShopperExport,
  ShopperName,
  ShopperRefusal,
  ShopperStore,
} from "../domain/shopper.js";
import { type Database, inTransaction } from "./database.js";
import { deadLettersNaming, forgetCommands, forgetDeadLetters } from "./lettersOfShopper.js";
import { enterShoppers, holdShoppers } from "./shopperFates.js";
import { connectionOf } from "./storeTransaction.js";
import { ERASURE_SECRET, tombstoneHash } from "./tombstoneSql.js";

/** Move a history, if `decide` says so: events, attributes where `into` has none, a no to personalisation, aliases. */
async function mergeIn(
  client: PoolClient,
  from: ShopperName,
  into: string,
  decide: (standing: MergeStanding) => MergeDecision,
): Promise<MergeDone | ShopperRefusal> {
  await holdShoppers(client);
  const decision = decide({
    from,
    into,
    fromIsKeptUnder: await keptUnder(client, from),
    intoIsKeptUnder: await keptUnder(client, { kind: "user", id: into }),
  });
  if (decision.kind === "refused") return decision;
  if (decision.kind === "merged before") return { kind: "merged", userId: decision.into, movedInteractions: 0 };
  const movedInteractions = await moveInteractions(client, from, decision.into);
  if (from.kind === "user") await moveProfile(client, from.id, decision.into);
  await client.query("INSERT INTO shopper_aliases (kind, alias_id, user_id) VALUES ($1, $2, $3)", [
    from.kind,
    from.id,
    decision.into,
  ]);
  return { kind: "merged", userId: decision.into, movedInteractions };
}

async function keptUnder(client: PoolClient, { kind, id }: ShopperName): Promise<string | null> {
  const { rows } = await client.query<{ user_id: string }>(
    "SELECT user_id FROM shopper_aliases WHERE kind = $1 AND alias_id = $2",
    [kind, id],
  );
  return rows.length === 0 ? null : rows[0].user_id;
}

async function moveInteractions(client: PoolClient, from: ShopperName, into: string): Promise<number> {
  const isTheirs = from.kind === "user" ? "user_id = $1" : "session_id = $1 AND user_id IS NULL";
  const { rowCount } = await client.query(`UPDATE interactions SET user_id = $2 WHERE ${isTheirs}`, [from.id, into]);
  return rowCount ?? 0;
}

async function moveProfile(client: PoolClient, from: string, into: string): Promise<void> {
  await client.query(
    `INSERT INTO users AS stored (user_id, attributes, is_opted_out)
     SELECT $2, attributes, is_opted_out FROM users WHERE user_id = $1
     ON CONFLICT (user_id) DO UPDATE SET attributes = excluded.attributes || stored.attributes,
                                         is_opted_out = excluded.is_opted_out OR stored.is_opted_out`,
    [from, into],
  );
  await client.query("DELETE FROM users WHERE user_id = $1", [from]);
  await client.query("UPDATE shopper_aliases SET user_id = $2 WHERE user_id = $1", [from, into]);
}

/** Remove everything of a shopper and of the names merged into them, and leave a tombstone for each. */
async function eraseIn(client: PoolClient, userId: string): Promise<ErasureDone & { names: readonly string[] }> {
  await holdShoppers(client);
  const kept = await ownerOf(client, userId);
  const aliases = await aliasesOf(client, kept);
  const names = [...new Set([kept, ...aliases.map(({ id }) => id)])];
  const erasedAt = await bury(client, names);
  const { rowCount } = await client.query("DELETE FROM interactions WHERE user_id = $1", [kept]);
  await client.query("DELETE FROM users WHERE user_id = $1", [kept]);
  await client.query("DELETE FROM shopper_aliases WHERE user_id = $1", [kept]);
  const erasedDeadLetters = await forgetDeadLetters(client, names);
  await forgetCommands(client, names);
  return { kind: "erased", erasedAt, erasedInteractions: rowCount ?? 0, erasedDeadLetters, names };
}

/** Whoever has the history of a user id. */
async function ownerOf(client: PoolClient, userId: string): Promise<string> {
  return (await keptUnder(client, { kind: "user", id: userId })) ?? userId;
}

async function aliasesOf(client: PoolClient, userId: string): Promise<ShopperExport["aliases"]> {
  const { rows } = await client.query<ShopperExport["aliases"][number]>(
    `SELECT kind, alias_id AS id, merged_at AS "mergedAt" FROM shopper_aliases WHERE user_id = $1 ORDER BY merged_at, 1, 2`,
    [userId],
  );
  return rows;
}

/** The time is read once the lock is held: nothing is written between it and what is removed. */
async function bury(client: PoolClient, names: readonly string[]): Promise<Date> {
  await client.query("INSERT INTO service_secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
    ERASURE_SECRET,
    randomBytes(32).toString("base64url"),
  ]);
  const { rows } = await client.query<{ erased_at: Date }>(
    `INSERT INTO shopper_tombstones (shopper_hash, erased_at)
     SELECT ${tombstoneHash("id")}, moment FROM unnest($1::text[]) AS erased (id), clock_timestamp() AS moment
     ON CONFLICT (shopper_hash) DO UPDATE SET erased_at = excluded.erased_at, erasure_no = excluded.erasure_no
     RETURNING erased_at`,
    [names],
  );
  return rows[0].erased_at;
}

/** Keep a shopper's word on whether their past may be used for them. */
async function setPersonalizationIn(client: PoolClient, userId: string, isAllowed: boolean): Promise<void> {
  await enterShoppers(client);
  await client.query(
    `INSERT INTO users (user_id, is_opted_out) VALUES ($1, $2)
     ON CONFLICT (user_id) DO UPDATE SET is_opted_out = excluded.is_opted_out`,
    [await ownerOf(client, userId), !isAllowed],
  );
}

/** Everything held of a shopper, as one moment sees it. */
async function exportIn(client: PoolClient, askedId: string): Promise<ShopperExport> {
  await client.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const userId = await ownerOf(client, askedId);
  const aliases = await aliasesOf(client, userId);
  const { rows } = await client.query<{ attributes: Record<string, string>; is_opted_out: boolean }>(
    "SELECT attributes, is_opted_out FROM users WHERE user_id = $1",
    [userId],
  );
  const names = [userId, ...aliases.map(({ id }) => id)];
  return {
    userId,
    attributes: rows[0]?.attributes ?? {},
    isPersonalizationAllowed: !(rows[0]?.is_opted_out ?? false),
    aliases,
    interactions: await interactionsOf(client, userId),
    deadLetters: (await deadLettersNaming(client, names)).map(exported),
  };
}

async function interactionsOf(client: PoolClient, userId: string): Promise<ExportedInteraction[]> {
  const { rows } = await client.query<ExportedInteraction & { actionCode: number; actionName: string | null }>(
    `SELECT event_key AS "eventKey", session_id AS "sessionId", product_id AS "productId", action_code AS "actionCode",
            action_name AS "actionName", value, order_id AS "orderId", quantity, interactions.price,
            occurred_at AS "occurredAt", received_at AS "receivedAt"
     FROM interactions JOIN products USING (product_no)
     WHERE user_id = $1 ORDER BY occurred_at NULLS FIRST, event_key`,
    [userId],
  );
  return rows.map(({ actionCode, actionName, ...row }) => ({ ...row, action: actionName ?? ACTION_TYPES[actionCode] }));
}

type StoredLetter = Awaited<ReturnType<typeof deadLettersNaming>>[number];

function exported({ topic, partition, offset, payload, reason, receivedAt }: StoredLetter): ExportedDeadLetter {
  return { topic, partition, offset, payload: payload?.toString("utf8") ?? null, reason, receivedAt };
}

/** Keeps who is who. */
export function createShopperStore({ pool }: Database): ShopperStore {
  return storeOver((work) => inTransaction(pool, work));
}

function storeOver(run: <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>): ShopperStore {
  return {
    within: (transaction) => storeOver((work) => work(connectionOf(transaction))),
    merge: (from, into, decide) => run((client) => mergeIn(client, from, into, decide)),
    erase: (userId) => run((client) => eraseIn(client, userId)),
    setPersonalization: (userId, isAllowed) => run((client) => setPersonalizationIn(client, userId, isAllowed)),
    export: (userId) => run((client) => exportIn(client, userId)),
  };
}
