import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Pool, PoolClient } from "pg";
import { RecommenderError } from "../domain/errors.js";
import { inTransaction } from "./database.js";

/** The advisory lock that Prisma's own `migrate deploy` takes: the two never run at once. */
const MIGRATION_LOCK = 72_707_369;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export interface MigrationResult {
  readonly applied: readonly string[];
  readonly total: number;
}

/**
 * Apply what is missing of prisma/migrations, each file in one transaction together with its row in
 * `_prisma_migrations`, as `prisma migrate deploy` writes it; that tool needs an engine that cannot be downloaded
 * everywhere.
 *
 * @throws RecommenderError MIGRATION_CHANGED if a file differs from what was applied, or an earlier one failed
 */
export async function migrate(pool: Pool, folder = migrationsFolder()): Promise<MigrationResult> {
  const migrations = readMigrations(folder);
  const applied = await inTransaction(pool, async (client) => {
    await client.query("SET LOCAL statement_timeout = 0");
    await client.query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await client.query(PRISMA_TABLE);
    const pending = await pendingOf(client, migrations);
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  });
  return { applied, total: migrations.length };
}

/** Beside the build when built, in prisma/ when run from sources. */
function migrationsFolder(): string {
  const built = fileURLToPath(new URL("../prisma/migrations", import.meta.url));
  return existsSync(built) ? built : fileURLToPath(new URL("../../prisma/migrations", import.meta.url));
}

function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  return names.sort().map((name) => {
    const sql = readFileSync(path.join(folder, name, "migration.sql"), "utf8");
    return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
  });
}

async function pendingOf(client: PoolClient, migrations: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; is_done: boolean }>(
    "SELECT migration_name, checksum, finished_at IS NOT NULL AS is_done FROM _prisma_migrations WHERE rolled_back_at IS NULL",
  );
  const known = new Map(rows.map((row) => [row.migration_name, row]));
  return migrations.filter(({ name, checksum }) => {
    const row = known.get(name);
    if (row === undefined) return true;
    if (!row.is_done) throw changed(name, "to have been finished, it failed half-way; repair it and mark it resolved");
    if (row.checksum !== checksum)
      throw changed(name, `to stay as applied (${row.checksum}), the file has ${checksum}`);
    return false;
  });
}

function changed(name: string, what: string): RecommenderError {
  return new RecommenderError("MIGRATION_CHANGED", `Cannot migrate: migration ${name} is required ${what}`, { name });
}

async function apply(client: PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  await client.query(sql);
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  );
}

const PRISMA_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  varchar(36) PRIMARY KEY,
    checksum            varchar(64) NOT NULL,
    finished_at         timestamptz,
    migration_name      varchar(255) NOT NULL,
    logs                text,
    rolled_back_at      timestamptz,
    started_at          timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`;
