import type { ShopperSample } from "../domain/insight.js";
import type { Database } from "./database.js";

/** Interactions looked at to find shoppers, about. */
const SAMPLED_ROWS = 20_000;

/** What the planner believes of the partitions' sizes; a small or fresh table is read whole. */
const PERCENT_SQL = `
  SELECT least(100, 100 * ${SAMPLED_ROWS}::float8 / greatest(1, sum(greatest(c.reltuples, 0)))) AS percent
  FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'interactions'::regclass`;

const SAMPLE_SQL = `
  SELECT user_id FROM interactions TABLESAMPLE SYSTEM ($2) REPEATABLE (1)
  WHERE user_id IS NOT NULL GROUP BY user_id ORDER BY md5(user_id) LIMIT $1`;

/** Draws shoppers by pages of the interactions, the same ones for the same data, whatever the size of the table. */
export function createShopperSample({ pool }: Database): ShopperSample {
  return {
    async draw(n) {
      const { percent } = (await pool.query<{ percent: number | null }>(PERCENT_SQL)).rows[0];
      const { rows } = await pool.query<{ user_id: string }>(SAMPLE_SQL, [n, percent ?? 100]);
      return rows.map(({ user_id }) => user_id);
    },
  };
}
