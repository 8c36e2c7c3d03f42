import type { Database } from "./database.js";

/** Whether at least so many interactions have arrived since a moment. Counts no further than it has to. */
export async function hasNewInteractions({ pool }: Database, since: Date | null, atLeast: number): Promise<boolean> {
  const { rows } = await pool.query<{ n: string }>(
    `SELECT count(*) AS n FROM (
       SELECT FROM interactions WHERE received_at > coalesce($1, '-infinity'::timestamptz) LIMIT $2) AS arrived`,
    [since, atLeast],
  );
  return Number(rows[0].n) >= atLeast;
}
