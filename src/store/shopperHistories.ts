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
 * Older products are read beyond the limit only for those few who reach it.
 *
 * Of a shopper who wants no personal lists nothing is read, from the moment in which they said so.
 *
 * @param isOwn which interactions are those of asked.id
 * @param profile what is known of whoever asks: a row with attributes and is_opted_out, or none
 */
function historiesSql(isOwn: string, profile: string): string {
  return `
  SELECT recent.packed,
         CASE WHEN recent.n >= ${MAX_PROFILE_INTERACTIONS} THEN (
           SELECT string_agg(int4send(product_no), '')
           FROM (SELECT DISTINCT product_no FROM interactions
                 WHERE ${isOwn} AND (action_code = ${ACTION.purchase} OR $2::boolean)) AS asked_for
         ) END AS older,
         CASE WHEN is_opted_out IS NOT TRUE THEN attributes END AS attributes, is_opted_out IS TRUE AS "isOptedOut"
  FROM unnest($1::text[]) WITH ORDINALITY AS asked (id, position)
  LEFT JOIN LATERAL (${profile}) AS profile ON true
  CROSS JOIN LATERAL (
    SELECT count(*) AS n,
           string_agg(int4send(product_no) || int2send(action_code)
             || timestamptz_send(coalesce(occurred_at, '-infinity')) || float8send(coalesce(value, 'NaN')), '') AS packed
    FROM (SELECT product_no, action_code, occurred_at, value FROM interactions
          WHERE ${isOwn} AND is_opted_out IS NOT TRUE
          ORDER BY occurred_at DESC NULLS LAST, event_key LIMIT ${MAX_PROFILE_INTERACTIONS}) AS newest
  ) AS recent
  ORDER BY asked.position`;
}

const OF_SHOPPERS = {
  name: "shopper-histories",
  text: historiesSql("user_id = asked.id", "SELECT attributes, is_opted_out FROM users WHERE users.user_id = asked.id"),
};
const OF_SESSIONS = {
  name: "session-histories",
  text: historiesSql(
    "session_id = asked.id AND user_id IS NULL",
    "SELECT NULL::jsonb AS attributes, false AS is_opted_out",
  ),
};

const BYTES_PER_INTERACTION = 22;
const MS_TO_2000 = Date.UTC(2000, 0, 1);
const NO_BYTES = Buffer.alloc(0);

interface HistoryRow {
  readonly packed: Buffer | null;
  readonly older: Buffer | null;
  readonly attributes: Record<string, string> | null;
  readonly isOptedOut: boolean;
}

/** Reads histories: one prepared statement whatever the number of shoppers, another one for visits. */
export function createShopperHistories({ pool }: Database): ShopperHistories {
  const read = async (statement: typeof OF_SHOPPERS, ids: readonly string[], older: OlderProducts) => {
    const { rows } = await pool.query<HistoryRow>({ ...statement, values: [ids, older === "seen"] });
    return rows.map(unpackHistory);
  };
  return {
    load: (userIds, older) => read(OF_SHOPPERS, userIds, older),
    loadSessions: (sessionIds, older) => read(OF_SESSIONS, sessionIds, older),
  };
}

function unpackHistory({ packed, older, attributes, isOptedOut }: HistoryRow): ShopperHistory {
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
  const olderProducts = unpackNumbers(older ?? NO_BYTES);
  const history = { productNo, action, occurredAtMs, value, olderProducts, segments: segmentsOf(attributes ?? {}) };
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
