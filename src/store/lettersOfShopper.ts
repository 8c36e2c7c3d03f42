import type { PoolClient } from "pg";
import { mentionsShopper, spellings } from "../domain/mentions.js";

interface LetterRow {
  readonly deadLetterId: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly headers: unknown;
  readonly payload: Buffer | null;
  readonly reason: string;
  readonly message: string;
  readonly receivedAt: Date;
}

/** Letters that hold the bytes somewhere; whether they mean the shopper is seen when they are read. */
const LETTERS_SQL = `
  SELECT dead_letter_id AS "deadLetterId", topic, partition, "offset", key, headers, payload, reason, message,
         received_at AS "receivedAt"
  FROM dead_letters
  WHERE EXISTS (SELECT FROM unnest($1::bytea[]) AS spelling
                WHERE position(spelling IN payload) > 0 OR position(spelling IN key) > 0
                   OR position(spelling IN convert_to(headers::text || message, 'UTF8')) > 0)
  ORDER BY dead_letter_id`;

/** Dead letters whose message, key, headers or refusal speak of one of these shoppers. Reads the table once. */
export async function deadLettersNaming(client: PoolClient, ids: readonly string[]): Promise<LetterRow[]> {
  const bytes = ids.flatMap(spellings).map((spelling) => Buffer.from(spelling));
  const { rows } = await client.query<LetterRow>(LETTERS_SQL, [bytes]);
  return rows.filter((letter) => isNaming(letter, ids));
}

function isNaming({ key, headers, payload, message: told }: LetterRow, ids: readonly string[]): boolean {
  const message = payload?.toString("utf8") ?? "";
  const keyText = key?.toString("utf8") ?? "";
  if (ids.includes(keyText) && !isKeyOfProduct(keyText, message)) return true;
  return [message, JSON.stringify(headers), told].some((text) => mentionsShopper(text, ids));
}

/** The key of a message about a product is that product, whoever has the same id among the shoppers. */
function isKeyOfProduct(key: string, message: string): boolean {
  const [, productId] = /"product_id"\s*:\s*("(?:[^"\\]|\\.)*"|[\d.]+)/.exec(message) ?? [];
  return productId !== undefined && spellings(key).some((id) => productId === id || productId === `"${id}"`);
}

/** Remove the dead letters that speak of a shopper; returns how many. */
export async function forgetDeadLetters(client: PoolClient, ids: readonly string[]): Promise<number> {
  const letters = await deadLettersNaming(client, ids);
  if (letters.length === 0) return 0;
  const numbers = letters.map(({ deadLetterId }) => deadLetterId);
  await client.query("DELETE FROM dead_letters WHERE dead_letter_id = ANY($1)", [numbers]);
  return numbers.length;
}

/**
 * Take a shopper out of the record of commands; that there was one stays, so that it acts once. One that is being decided
 * right now waits for the erasure, and counts as having come after it.
 */
export async function forgetCommands(client: PoolClient, ids: readonly string[]): Promise<void> {
  await client.query(
    `UPDATE admin_commands SET body = '{}', outcome = CASE WHEN outcome IS NULL THEN NULL ELSE '{"erased": true}'::jsonb END
     WHERE command_id IN (SELECT command_id FROM admin_commands FOR UPDATE SKIP LOCKED)
       AND EXISTS (SELECT FROM jsonb_path_query(jsonb_build_array(body, outcome), '$.**') AS value
                   WHERE value #>> '{}' = ANY ($1))
       AND type IN ('merge_users', 'erase_user', 'set_personalization')`,
    [ids],
  );
  await client.query("UPDATE admin_commands SET issued_by = NULL WHERE issued_by = ANY ($1)", [ids]);
}
