import type { Pool } from "pg";
import { LOCK } from "./advisoryLocks.js";
import { inTransaction } from "./database.js";

/**
 * Interactions are partitioned by month, the grain in which retention forgets; shops from before have quarters, which
 * stay. What has no plausible time lies in the default partition.
 */
const FIRST_YEAR = 2000;
const CREATION_LOCK = LOCK.createPartition;

/** First day of the month of a time, or null when the time belongs into the default partition. */
export function monthOf(occurredAtMs: number | null, nowMs: number): string | null {
  if (occurredAtMs === null) return null;
  const date = new Date(occurredAtMs);
  if (date.getUTCFullYear() < FIRST_YEAR || occurredAtMs > nowMs + A_DAY_MS) return null;
  return firstDay(date.getUTCFullYear(), date.getUTCMonth());
}

const A_DAY_MS = 86_400_000;

function firstDay(year: number, month: number): string {
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
}

/** Creates partitions before the first write that needs them; knows which there are. */
export class Partitions {
  private readonly knownMonths = new Set<string>();
  /** Their days that were asked for: to write out the month of every time would take longer than all else here. */
  private readonly knownDays = new Set<number>();

  constructor(
    private readonly pool: Pool,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Make sure that there is a partition for each of these times. */
  async ensure(timesMs: Iterable<number | null>): Promise<void> {
    const days = new Map<number, string>();
    const nowMs = this.clock();
    for (const timeMs of timesMs) {
      const day = Math.floor((timeMs ?? Number.NaN) / A_DAY_MS);
      if (this.knownDays.has(day) || days.has(day)) continue;
      const month = monthOf(timeMs, nowMs);
      if (month !== null) days.set(day, month);
    }
    for (const month of new Set([...days.values()].sort())) await this.ensureMonth(month);
    for (const day of days.keys()) this.knownDays.add(day);
  }

  private async ensureMonth(month: string): Promise<void> {
    if (this.knownMonths.has(month)) return;
    await createPartition(this.pool, month);
    this.knownMonths.add(month);
  }
}

/**
 * Create one partition, unless it exists or the quarter does. Rows that waited in the default partition (their time lay in the future when
 * they came) move over: PostgreSQL refuses a partition whose rows stand in the default one.
 */
async function createPartition(pool: Pool, from: string): Promise<void> {
  const start = new Date(`${from}T00:00:00Z`);
  const to = firstDay(start.getUTCFullYear(), start.getUTCMonth() + 1);
  const name = `interactions_${from.slice(0, 4)}m${from.slice(5, 7)}`;
  const quarter = `interactions_${from.slice(0, 4)}q${Math.floor(start.getUTCMonth() / 3) + 1}`;
  await inTransaction(pool, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [CREATION_LOCK]);
    const { rows } = await client.query("SELECT coalesce(to_regclass($1), to_regclass($2)) IS NOT NULL AS exists", [
      name,
      quarter,
    ]);
    if (rows[0].exists) return;
    await client.query("LOCK TABLE interactions_default IN ACCESS EXCLUSIVE MODE");
    await client.query(`CREATE TABLE ${name} (LIKE interactions INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
    await client.query(`
      WITH waiting AS (
        DELETE FROM interactions_default
        WHERE occurred_at >= '${from} 00:00Z' AND occurred_at < '${to} 00:00Z' RETURNING *
      ) INSERT INTO ${name} SELECT * FROM waiting`);
    await client.query(
      `ALTER TABLE interactions ATTACH PARTITION ${name} FOR VALUES FROM ('${from} 00:00Z') TO ('${to} 00:00Z')`,
    );
  });
}
