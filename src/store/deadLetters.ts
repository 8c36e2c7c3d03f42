import { isUtf8 } from "node:buffer";
import type { PoolClient } from "pg";
import type { DeadLetterCount, DeadLetterStore, KeptDeadLetter } from "../domain/deadLetters.js";
import type { DeadLetter } from "../domain/stream.js";
import type { Database } from "./database.js";

/** Redelivered, or replayed and refused again, a message is one dead letter. */
const KEEP_SQL = `
  INSERT INTO dead_letters (topic, partition, "offset", sent_at, key, headers, payload, n_bytes, sha256, reason, message)
  SELECT topic, partition, "offset", sent_at, key, headers::jsonb, payload, n_bytes, sha256, reason, message
  FROM unnest($1::text[], $2::int[], $3::bigint[], $4::timestamptz[], $5::bytea[], $6::text[], $7::bytea[], $8::int[],
              $9::text[], $10::text[], $11::text[])
    AS sent (topic, partition, "offset", sent_at, key, headers, payload, n_bytes, sha256, reason, message)
  ON CONFLICT (topic, partition, "offset", sent_at) DO NOTHING`;

/** Keep dead letters in the transaction of their chunk. */
export async function keepDeadLetters(client: PoolClient, letters: readonly DeadLetter[]): Promise<void> {
  await client.query(KEEP_SQL, [
    letters.map(({ topic }) => topic),
    letters.map(({ partition }) => partition),
    letters.map(({ offset }) => offset),
    letters.map(({ sentAtMs }) => new Date(sentAtMs).toISOString()),
    letters.map(({ key }) => key && Buffer.from(key)),
    letters.map(({ headers }) => JSON.stringify(headers.map(headerText))),
    letters.map(({ value }) => value && Buffer.from(value)),
    letters.map(({ nBytes }) => nBytes),
    letters.map(({ sha256 }) => sha256),
    letters.map(({ reason }) => reason),
    letters.map(({ message }) => storableText(message)),
  ]);
}

const BASE64 = "base64:";

/** As text where it is one that JSON in PostgreSQL can hold, otherwise marked. */
function headerText([name, value]: DeadLetter["headers"][number]): [string, string] {
  const text = Buffer.from(value).toString();
  const isText = isUtf8(value) && !text.includes("\0") && !text.startsWith(BASE64);
  return [storableText(name), isText ? text : BASE64 + Buffer.from(value).toString("base64")];
}

function headerValue(text: string): Uint8Array {
  return text.startsWith(BASE64) ? Buffer.from(text.slice(BASE64.length), "base64") : Buffer.from(text);
}

function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}

const COLUMNS = `dead_letter_id, topic, partition, "offset", sent_at, key, headers, payload, n_bytes, sha256, reason,
  message, received_at, replayed_at`;

const WAITING_SQL = `
  SELECT ${COLUMNS} FROM dead_letters
  WHERE replayed_at IS NULL AND dead_letter_id > $1 AND ($2::text IS NULL OR reason = $2)
  ORDER BY dead_letter_id LIMIT $3`;

const FIND_SQL = `SELECT ${COLUMNS} FROM dead_letters WHERE dead_letter_id = $1`;

const COUNTS_SQL = `
  SELECT reason, count(*)::int AS "nLetters" FROM dead_letters WHERE replayed_at IS NULL
  GROUP BY reason ORDER BY 2 DESC, reason`;

/** Keeps dead letters for people. */
export function createDeadLetterStore({ pool }: Database): DeadLetterStore {
  return {
    async waiting({ reason, after, most }) {
      const { rows } = await pool.query<DeadLetterRow>(WAITING_SQL, [after, reason, most]);
      return rows.map(fromRow);
    },
    async find(deadLetterId) {
      const { rows } = await pool.query<DeadLetterRow>(FIND_SQL, [deadLetterId]);
      return rows.length === 0 ? null : fromRow(rows[0]);
    },
    async counts() {
      return (await pool.query<DeadLetterCount>(COUNTS_SQL)).rows;
    },
    async markReplayed(deadLetterIds) {
      await pool.query("UPDATE dead_letters SET replayed_at = now() WHERE dead_letter_id = ANY ($1::int[])", [
        deadLetterIds,
      ]);
    },
  };
}

interface DeadLetterRow {
  readonly dead_letter_id: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly sent_at: Date;
  readonly key: Buffer | null;
  readonly headers: readonly (readonly [string, string])[];
  readonly payload: Buffer | null;
  readonly n_bytes: number;
  readonly sha256: string;
  readonly reason: string;
  readonly message: string;
  readonly received_at: Date;
  readonly replayed_at: Date | null;
}

function fromRow(row: DeadLetterRow): KeptDeadLetter {
  return {
    deadLetterId: row.dead_letter_id,
    topic: row.topic,
    partition: row.partition,
    offset: BigInt(row.offset),
    sentAtMs: row.sent_at.getTime(),
    key: row.key,
    headers: row.headers.map(([name, text]) => [name, headerValue(text)] as const),
    value: row.payload,
    nBytes: row.n_bytes,
    sha256: row.sha256,
    reason: row.reason,
    message: row.message,
    receivedAt: row.received_at,
    replayedAt: row.replayed_at,
  };
}
