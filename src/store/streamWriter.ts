import pg, { type PoolClient } from "pg";
import type { AdminCommand } from "../domain/adminCommand.js";
import { RecommenderError } from "../domain/errors.js";
import type { StreamChunk, StreamPosition, StreamWriteResult, StreamWriter } from "../domain/stream.js";
import { type Database, inTransaction } from "./database.js";
import { keepDeadLetters } from "./deadLetters.js";
import { withoutErasedLetters } from "./erasedLetters.js";
import { writeInteractionsIn } from "./interactionWriter.js";
import { Partitions } from "./partitions.js";
import { applyProductUpdates } from "./productUpdateWriter.js";
import { jsonOfFinite } from "./storableJson.js";

/** The first of equal ids stands; a millisecond apart, so that they are decided in the order in which they were sent. */
const COMMANDS_SQL = `
  INSERT INTO admin_commands (command_id, type, body, door, issued_by, issued_at, is_verified, received_at)
  SELECT command_id, type, body::jsonb, door, issued_by, issued_at, is_verified, now() + place * interval '1 ms'
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[])
    WITH ORDINALITY AS sent (command_id, type, body, door, issued_by, issued_at, is_verified, place)
  ORDER BY place
  ON CONFLICT (command_id) DO NOTHING`;

/**
 * A consumer that has lost its partition does not move a position back. One beyond the end of the partition is of a topic
 * that is gone: it gives way.
 */
const POSITION_SQL = `
  INSERT INTO consumer_offsets AS stored (consumer_group, topic, partition, next_offset) VALUES ($1, $2, $3, $4)
  ON CONFLICT (consumer_group, topic, partition) DO UPDATE SET next_offset = excluded.next_offset
  WHERE stored.next_offset <= $5 OR stored.next_offset > $6`;

/** Writes what comes by a stream: events, product updates, commands, dead letters and the position, in one transaction. */
export function createStreamWriter({ pool }: Database): StreamWriter {
  const partitions = new Partitions(pool);
  return {
    async write(chunk) {
      await partitions.ensure(chunk.interactions.map(({ occurredAtMs }) => occurredAtMs));
      try {
        return await inTransaction(pool, (client) => writeIn(client, chunk));
      } catch (error) {
        throw isRefusal(error) ? refusal(error) : error;
      }
    },
  };
}

async function writeIn(client: PoolClient, chunk: StreamChunk): Promise<StreamWriteResult> {
  const { countedKeys, erasedKeys } = await writeInteractionsIn(client, chunk.interactions);
  if (chunk.updates.length > 0) await applyProductUpdates(client, chunk.updates);
  if (chunk.commands.length > 0) await keepCommands(client, chunk.commands);
  const deadLetters = await withoutErasedLetters(client, chunk.deadLetters);
  if (deadLetters.length > 0) await keepDeadLetters(client, deadLetters);
  if (chunk.position !== null) await movePosition(client, chunk.position);
  return { countedKeys, erasedKeys };
}

async function keepCommands(client: PoolClient, commands: readonly AdminCommand[]): Promise<void> {
  await client.query(COMMANDS_SQL, [
    commands.map(({ commandId }) => commandId),
    commands.map(({ type }) => type),
    commands.map(({ body }) => jsonOfFinite(body)),
    commands.map(({ door }) => door),
    commands.map(({ issuedBy }) => issuedBy),
    commands.map(({ issuedAtMs }) => (issuedAtMs === null ? null : new Date(issuedAtMs).toISOString())),
    commands.map(({ isVerified }) => isVerified),
  ]);
}

async function movePosition(client: PoolClient, position: StreamPosition): Promise<void> {
  const { group, topic, partition, firstOffset, nextOffset, endOffset } = position;
  await client.query({
    name: "consumer-position",
    text: POSITION_SQL,
    values: [group, topic, partition, nextOffset, firstOffset, endOffset],
  });
}

/** Data exceptions and broken constraints: the same message would fail for ever, and hold up what stands behind it. */
const REFUSAL_CLASSES = ["22", "23"];

function isRefusal(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && REFUSAL_CLASSES.includes(error.code?.slice(0, 2) ?? "");
}

function refusal(error: pg.DatabaseError): RecommenderError {
  const message = `Cannot store the message: what PostgreSQL takes is required, found "${error.message}"`;
  return new RecommenderError("MESSAGE_REFUSED", message, { code: error.code }, error);
}
