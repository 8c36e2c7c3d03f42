import type { ErasedShoppers } from "../domain/ports.js";
import { KEY_LENGTH } from "../domain/shopperKey.js";
import type { Database } from "./database.js";
import { tombstoneHashOfKey } from "./tombstoneSql.js";

const KEY_BYTES = KEY_LENGTH * Int32Array.BYTES_PER_ELEMENT;

/** A training read its data after its run began; without a run it is unknown when. */
const AMONG_SQL = `
  SELECT position FROM generate_series(0, $2::int - 1) AS position
  JOIN shopper_tombstones ON shopper_hash = ${tombstoneHashOfKey(`substr($1::bytea, position * ${KEY_BYTES} + 1, ${KEY_BYTES})`)}
  WHERE erased_at >= coalesce((SELECT min(started_at) FROM training_runs WHERE model_version = $3), '-infinity')`;

/** Says who was erased without knowing who: keys of a model against salted hashes. */
export function createErasedShoppers({ pool }: Database): ErasedShoppers {
  return {
    async newest() {
      const { rows } = await pool.query<{ newest: string | null }>(
        "SELECT max(erasure_no) AS newest FROM shopper_tombstones",
      );
      return rows[0].newest;
    },
    async among(keys, version) {
      const bytes = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength);
      const { rows } = await pool.query<{ position: number }>(AMONG_SQL, [bytes, keys.length / KEY_LENGTH, version]);
      return new Set(rows.map(({ position }) => position));
    },
  };
}
