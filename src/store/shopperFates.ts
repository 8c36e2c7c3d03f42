import type { PoolClient } from "pg";
import type { Interaction } from "../domain/interaction.js";
import { LOCK } from "./advisoryLocks.js";
import { tombstoneHash } from "./tombstoneSql.js";

/**
 * Whoever writes what names a shopper holds this lock shared, a merge or an erasure alone: nothing of a shopper is
 * written while their history moves or goes, and every write knows of those that were before it.
 */
const SHOPPERS_LOCK = LOCK.shoppers;

/** Two statements in one message: the second sees what was committed while the first waited. */
const ENTER_SQL = `
  SELECT pg_advisory_xact_lock_shared(${SHOPPERS_LOCK});
  SELECT EXISTS (SELECT FROM shopper_aliases) OR EXISTS (SELECT FROM shopper_tombstones) AS "isAnySettled"`;

/** LIMIT asks name by name: a few names never read all aliases of a shop. */
const SETTLED_SQL = `
  SELECT sent.kind, sent.id, user_id AS "userId", (extract(epoch FROM erased_at) * 1000)::float8 AS "erasedAtMs"
  FROM unnest($1::text[], $2::text[]) AS sent (kind, id)
  LEFT JOIN LATERAL (SELECT user_id FROM shopper_aliases AS alias
    WHERE alias.kind = sent.kind AND alias.alias_id = sent.id LIMIT 1) AS alias ON true
  LEFT JOIN LATERAL (SELECT erased_at FROM shopper_tombstones
    WHERE shopper_hash = ${tombstoneHash("sent.id")} LIMIT 1) AS tombstone ON true
  WHERE user_id IS NOT NULL OR erased_at IS NOT NULL`;

const REFUSED_RECEIPTS_SQL = `
  INSERT INTO interaction_receipts (event_key) SELECT unnest($1::uuid[]) ORDER BY 1 ON CONFLICT DO NOTHING`;

/** What merges and erasures have settled of a name. */
interface Settled {
  readonly kind: string;
  readonly id: string;
  /** Under whom its events are kept. */
  readonly userId: string | null;
  /** Its events up to this time are gone for good. */
  readonly erasedAtMs: number | null;
}

/** What becomes of interactions whose shoppers were merged or erased. */
export interface Followed {
  /** To be kept, each under the shopper it belongs to now. */
  readonly interactions: readonly Interaction[];
  /** Copies of events of an erased shopper. They have receipts from now on: moved in time they are still the same. */
  readonly nErased: number;
}

/** Take part in writing what names shoppers, until the transaction ends; says whether any was ever merged or erased. */
export async function enterShoppers(client: PoolClient): Promise<boolean> {
  const [, { rows }] = (await client.query(ENTER_SQL)) as unknown as { rows: { isAnySettled: boolean }[] }[];
  return rows[0].isAnySettled;
}

/** Keep everybody else from writing what names a shopper until the transaction ends. Taken before any other lock. */
export async function holdShoppers(client: PoolClient): Promise<void> {
  // What waits here waits for the transactions of others, not for a statement of its own.
  await client.query("SET LOCAL statement_timeout = 0");
  await client.query("SELECT pg_advisory_xact_lock($1)", [SHOPPERS_LOCK]);
}

/**
 * Say of distinct interactions, before they are written in this transaction, under whom they are kept and which are
 * refused. One statement whatever their number; one of no weight where nobody was ever merged or erased.
 */
export async function followShoppers(client: PoolClient, distinct: readonly Interaction[]): Promise<Followed> {
  if (!(await enterShoppers(client))) return { interactions: distinct, nErased: 0 };
  const settledOf = await loadSettled(client, distinct);
  if (settledOf.size === 0) return { interactions: distinct, nErased: 0 };
  const interactions: Interaction[] = [];
  const refused: string[] = [];
  for (const one of distinct) {
    const settled = settledOf.get(nameOf(one));
    if (settled === undefined) interactions.push(one);
    else if (isErased(one, settled)) refused.push(one.eventKey);
    else interactions.push(settled.userId === null ? one : { ...one, userId: settled.userId });
  }
  if (refused.length > 0) await client.query(REFUSED_RECEIPTS_SQL, [refused]);
  return { interactions, nErased: refused.length };
}

async function loadSettled(client: PoolClient, distinct: readonly Interaction[]): Promise<Map<string, Settled>> {
  const kinds: string[] = [];
  const ids: string[] = [];
  for (const name of new Set(distinct.map(nameOf))) {
    const at = name.indexOf(" ");
    kinds.push(name.slice(0, at));
    ids.push(name.slice(at + 1));
  }
  const { rows } = await client.query<Settled>({ name: "settled-shoppers", text: SETTLED_SQL, values: [kinds, ids] });
  return new Map(rows.map((row) => [`${row.kind} ${row.id}`, row]));
}

/** The user where there is one: the visit then says nothing more. */
function nameOf({ userId, sessionId }: Interaction): string {
  return userId === null ? `session ${sessionId}` : `user ${userId}`;
}

/** What has no time is old. */
function isErased({ occurredAtMs }: Interaction, { erasedAtMs }: Settled): boolean {
  return erasedAtMs !== null && (occurredAtMs === null || occurredAtMs <= erasedAtMs);
}
