import type { PoolClient } from "pg";
import type { DeadLetter } from "../domain/stream.js";
import { enterShoppers } from "./shopperFates.js";
import { tombstoneHash } from "./tombstoneSql.js";

const ERASED_SQL = `
  SELECT id, (extract(epoch FROM erased_at) * 1000)::float8 AS "erasedAtMs"
  FROM unnest($1::text[]) AS named (id) JOIN shopper_tombstones ON shopper_hash = ${tombstoneHash("id")}`;

const SHOPPER_FIELD = /"(?:user_id|session_id)"\s*:\s*("(?:[^"\\]|\\.)*"|\d+)/g;

/** Dead letters without those that were sent before their shopper was erased: a replay brings back nothing to read. */
export async function withoutErasedLetters(
  client: PoolClient,
  letters: readonly DeadLetter[],
): Promise<readonly DeadLetter[]> {
  if (letters.length === 0 || !(await enterShoppers(client))) return letters;
  const names = letters.map(namesIn);
  const { rows } = await client.query<{ id: string; erasedAtMs: number }>(ERASED_SQL, [[...new Set(names.flat())]]);
  const erasedAtMs = new Map(rows.map((row) => [row.id, row.erasedAtMs]));
  const isErased = ({ sentAtMs }: DeadLetter, own: readonly string[]) =>
    own.some((name) => sentAtMs <= (erasedAtMs.get(name) ?? Number.NEGATIVE_INFINITY));
  return letters.filter((letter, l) => !isErased(letter, names[l]));
}

/** The key, and whoever the message names even where it is cut off or is no JSON. */
function namesIn({ topic, key, value }: DeadLetter): string[] {
  const text = value === null ? "" : Buffer.from(value).toString();
  const named = [...text.matchAll(SHOPPER_FIELD)].map(([, id]) => unquoted(id));
  const isKeyedByShopper = !topic.includes("product");
  const all = key === null || !isKeyedByShopper ? named : [...named, Buffer.from(key).toString()];
  return all.filter((name) => !name.includes("\0"));
}

function unquoted(id: string): string {
  try {
    return String(JSON.parse(id));
  } catch {
    return id.slice(1, -1);
  }
}
