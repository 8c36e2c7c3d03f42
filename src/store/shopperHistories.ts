import { ACTION } from "../domain/interaction.js";
import {
  MAX_PROFILE_INTERACTIONS,
  type OlderProducts,
  type ShopperHistories,
  type ShopperHistory,
} from "../domain/ports.js";
import { segmentsOf } from "../domain/segments.js";
import type { Database } from "./database.js";

/**
 * One row per shopper, its interactions packed into bytes: 4 product number, 2 action, 8 microseconds since 2000,
 * 8 value; newest first, equal times by event key. Rows as bytes cost Node a tenth of what rows as objects cost.
 *
 * Of a shopper who wants no personal lists nothing is read, from the moment in which they said so.
 *
 * @param isOwn which interactions are those of asked.id
 * @param profile what is known of whoever asks: a row with attributes and is_opted_out, or none
 */
function newestSql(isOwn: string, profile: string): string {
  return `
  SELECT recent.packed,
         CASE WHEN is_opted_out IS NOT TRUE THEN attributes END AS attributes, is_opted_out IS TRUE AS "isOptedOut"
  FROM unnest($1::text[]) WITH ORDINALITY AS asked (id, position)
  LEFT JOIN LATERAL (${profile}) AS profile ON true
  CROSS JOIN LATERAL (
    SELECT string_agg(int4send(product_no) || int2send(action_code)
             || timestamptz_send(coalesce(occurred_at, '-infinity')) || float8send(coalesce(value, 'NaN')), '') AS packed
    FROM (SELECT product_no, action_code, occurred_at, value FROM interactions
          WHERE ${isOwn} AND is_opted_out IS NOT TRUE
          ORDER BY occurred_at DESC NULLS LAST, event_key LIMIT ${MAX_PROFILE_INTERACTIONS}) AS newest
  ) AS recent
  ORDER BY asked.position`;
}

/**
 * The products of whole histories, asked for those few who reach the limit. A statement of its own: as a part of the other
 * it would open every partition once more for everybody.
 */
function olderSql(isOwn: string): string {
  return `
  SELECT (SELECT string_agg(int4send(product_no), '')
          FROM (SELECT DISTINCT product_no FROM interactions
                WHERE ${isOwn} AND (action_code = ${ACTION.purchase} OR $2::boolean)) AS asked_for) AS older
  FROM unnest($1::text[]) WITH ORDINALITY AS asked (id, position) ORDER BY asked.position`;
}

interface Statements {
  readonly newest: { readonly name: string; readonly text: string };
  readonly older: { readonly name: string; readonly text: string };
}

const IS_SHOPPERS = "user_id = asked.id";
const IS_SESSIONS = "session_id = asked.id AND user_id IS NULL";

const OF_SHOPPERS: Statements = {
  newest: {
    name: "shopper-histories",
    text: newestSql(IS_SHOPPERS, "SELECT attributes, is_opted_out FROM users WHERE users.user_id = asked.id"),
  },
  older: { name: "shopper-older", text: olderSql(IS_SHOPPERS) },
};
const OF_SESSIONS: Statements = {
  newest: {
    name: "session-histories",
    text: newestSql(IS_SESSIONS, "SELECT NULL::jsonb AS attributes, false AS is_opted_out"),
  },
  older: { name: "session-older", text: olderSql(IS_SESSIONS) },
};

const BYTES_PER_INTERACTION = 22;
const MS_TO_2000 = Date.UTC(2000, 0, 1);
const NO_BYTES = Buffer.alloc(0);
const NO_PRODUCTS = new Int32Array(0);

interface HistoryRow {
  readonly packed: Buffer | null;
  readonly attributes: Record<string, string> | null;
  readonly isOptedOut: boolean;
}

/**
 * Reads histories: one prepared statement whatever the number of shoppers, another one for visits, and one more where
 * somebody has done more than a history holds.
 */
export function createShopperHistories({ pool }: Database): ShopperHistories {
  const read = async ({ newest, older }: Statements, ids: readonly string[], which: OlderProducts) => {
    const { rows } = await pool.query<HistoryRow>({ ...newest, values: [ids] });
    const histories = rows.map(unpackHistory);
    const long = [...histories.keys()].filter((i) => histories[i].productNo.length >= MAX_PROFILE_INTERACTIONS);
    if (long.length === 0) return histories;
    const values = [long.map((i) => ids[i]), which === "seen"];
    const whole = await pool.query<{ older: Buffer | null }>({ ...older, values });
    long.forEach((i, row) => {
      histories[i] = { ...histories[i], olderProducts: unpackNumbers(whole.rows[row].older ?? NO_BYTES) };
    });
    return histories;
  };
  return {
    load: (userIds, older) => read(OF_SHOPPERS, userIds, older),
    loadSessions: (sessionIds, older) => read(OF_SESSIONS, sessionIds, older),
  };
}

function unpackHistory({ packed, attributes, isOptedOut }: HistoryRow): ShopperHistory {
  const bytes = packed ?? NO_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const n = bytes.length / BYTES_PER_INTERACTION;
  const productNo = new Int32Array(n);
  const action = new Uint8Array(n);
  const occurredAtMs = new Float64Array(n);
  const value = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++, at += BYTES_PER_INTERACTION) {
    productNo[i] = view.getInt32(at);
    action[i] = view.getInt16(at + 4);
    occurredAtMs[i] = timeAt(view, at + 6);
    value[i] = view.getFloat64(at + 14);
  }
  const segments = segmentsOf(attributes ?? {});
  const history = { productNo, action, occurredAtMs, value, olderProducts: NO_PRODUCTS, segments };
  return isOptedOut ? { ...history, isOptedOut } : history;
}

/** PostgreSQL's binary timestamp: 64-bit microseconds since 2000. Put together from halves, because BigInt is slow. */
function timeAt(view: DataView, at: number): number {
  const high = view.getInt32(at);
  if (high === MINUS_INFINITY_HIGH) return Number.NaN;
  return MS_TO_2000 + Math.round((high * 2 ** 32 + view.getUint32(at + 4)) / 1000);
}

const MINUS_INFINITY_HIGH = -(2 ** 31);

function unpackNumbers(bytes: Buffer): Int32Array {
  const numbers = new Int32Array(bytes.length / 4);
  for (let i = 0; i < numbers.length; i++) numbers[i] = bytes.readInt32BE(i * 4);
  return numbers;
}
