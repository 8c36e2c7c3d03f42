import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import pg from "pg";
import { afterAll, inject } from "vitest";
import { openEmbeddedPostgres } from "../../src/platform/embeddedPostgres.js";
import { type Database, openDatabase } from "../../src/store/database.js";
import { migrate } from "../../src/store/migrate.js";
import { reachableFolder } from "./reachableFolder.js";

export const TEMPLATE_DATABASE = "recommender_test_template";

/** An empty database of this run's PostgreSQL, dropped when the test file ends. `template: null` leaves out the schema. */
export async function createTestDatabaseUrl(template: string | null = TEMPLATE_DATABASE): Promise<string> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await administer(`CREATE DATABASE ${name}${template === null ? "" : ` TEMPLATE ${template}`}`);
  afterAll(() => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  return url.href;
}

/** A migrated, empty database with its pool, both gone when the test file ends. */
export async function createTestDatabase(): Promise<Database & { url: string }> {
  const url = await createTestDatabaseUrl();
  const database = await openTestDatabase(url);
  return { ...database, url };
}

/**
 * A migrated, empty database on a PostgreSQL of its own, which runs in `dir` until the test file ends: for tests of what
 * other open transactions of the whole server mean, and of its end.
 */
export async function createLoneDatabase(): Promise<Database & { url: string; dir: string }> {
  const dir = reachableFolder("recommender-lone-");
  const server = await openEmbeddedPostgres({ dir, mode: "own" });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  const database = await openTestDatabase(server.url);
  await migrate(database.pool);
  return { ...database, url: server.url, dir };
}

export async function openTestDatabase(url: string): Promise<Database> {
  const database = await openDatabase({
    url,
    maxConnections: 4,
    statementTimeoutMs: 30_000,
    applicationName: "recommender test",
  });
  afterAll(() => database.close());
  return database;
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    // Two files that copy the template at once: the second waits for the first.
    await client.query("SELECT pg_advisory_lock(722099)");
    await client.query(sql);
  } finally {
    await client.end();
  }
}
