import { rmSync } from "node:fs";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openEmbeddedPostgres } from "../../src/platform/embeddedPostgres.js";
import { migrate } from "../../src/store/migrate.js";
import { reachableFolder } from "./reachableFolder.js";
import { TEMPLATE_DATABASE } from "./testDatabase.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Address of the PostgreSQL of this run, on a database from which others can be created. */
    postgresUrl: string;
  }
}

/** One PostgreSQL for the whole run: the one TEST_DATABASE_URL names, or an embedded one that lives as long as the run. */
export default async function postgresForRun(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined) {
    await prepareTemplate(given);
    project.provide("postgresUrl", given);
    return async () => {};
  }
  const dir = reachableFolder("recommender-tests-");
  const server = await openEmbeddedPostgres({ dir, mode: "own" });
  await prepareTemplate(server.url);
  project.provide("postgresUrl", server.url);
  return async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}

/** A migrated database that every test database is a copy of: copying takes a tenth of migrating. */
async function prepareTemplate(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE_DATABASE} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await admin.end();
  const template = new URL(url);
  template.pathname = `/${TEMPLATE_DATABASE}`;
  const pool = new pg.Pool({ connectionString: template.href });
  await migrate(pool);
  await pool.end();
}
