import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { migrate } from "../../src/store/migrate.js";
import { createTestDatabaseUrl, openTestDatabase } from "../tools/testDatabase.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "migrations-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
cpSync("prisma/migrations", folder, { recursive: true });

function addMigration(name: string, sql: string): void {
  mkdirSync(path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, name, "migration.sql"), sql);
}

test("several processes that migrate at once apply each file once, with the rows that Prisma writes", async () => {
  const { pool } = await openTestDatabase(await createTestDatabaseUrl(null));
  const results = await Promise.all([migrate(pool), migrate(pool), migrate(pool)]);
  expect(results.flatMap(({ applied }) => applied).length).toBe(results[0].total);
  const { rows } = await pool.query(
    "SELECT migration_name, length(checksum) AS n, applied_steps_count, finished_at IS NOT NULL AS done FROM _prisma_migrations",
  );
  expect(rows[0]).toEqual({ migration_name: "20261123000000_shop", n: 64, applied_steps_count: 1, done: true });
});

test("a failing migration leaves nothing behind, and a changed file is refused", async () => {
  const { pool } = await openTestDatabase(await createTestDatabaseUrl(null));
  addMigration("2_broken", "CREATE TABLE half (a int); SELECT nonsense;");
  await expect(migrate(pool, folder)).rejects.toThrow(/nonsense/);
  expect((await pool.query("SELECT to_regclass('half') AS t")).rows).toEqual([{ t: null }]);

  addMigration("2_broken", "CREATE TABLE whole (a int);");
  await migrate(pool, folder);
  addMigration("2_broken", "CREATE TABLE whole (a bigint);");
  await expect(migrate(pool, folder)).rejects.toMatchObject({ code: "MIGRATION_CHANGED", facts: { name: "2_broken" } });
});

test("a migration that failed under another tool is named", async () => {
  const { pool } = await openTestDatabase(await createTestDatabaseUrl());
  await pool.query("UPDATE _prisma_migrations SET finished_at = NULL");
  await expect(migrate(pool)).rejects.toThrow(/failed half-way/);
});

/** PostgreSQL's type for each Prisma type, where no native type is named in the schema. */
const TYPES: Record<string, string> = {
  String: "text",
  Int: "integer",
  BigInt: "bigint",
  Float: "double precision",
  Boolean: "boolean",
  Json: "jsonb",
  Bytes: "bytea",
};
const NATIVE: Record<string, string> = {
  Uuid: "uuid",
  SmallInt: "smallint",
  "Timestamptz(3)": "timestamp(3) with time zone",
};

interface SchemaColumn {
  table: string;
  column: string;
  type: string;
  nullable: boolean;
}

/** Tables and columns as schema.prisma declares them, read from its text: the engine that could tell cannot be had. */
function declaredColumns(): SchemaColumn[] {
  const schema = readFileSync("prisma/schema.prisma", "utf8");
  const models = [...schema.matchAll(/^model (\w+) \{([\s\S]*?)^\}/gm)];
  const names = new Set(models.map(([, name]) => name));
  return models.flatMap(([, , body]) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] as string;
    const fields = [...body.matchAll(/^ {2}(\w+)\s+(\w+)(\[\]|\?)?(.*)$/gm)].filter(([, , type]) => !names.has(type));
    return fields.map(([, field, type, mark, rest]) => ({
      table,
      column: /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field,
      type: (NATIVE[/@db\.(\w+(?:\(\d+\))?)/.exec(rest)?.[1] ?? ""] ?? TYPES[type]) + (mark === "[]" ? "[]" : ""),
      nullable: mark === "?",
    }));
  });
}

test("the migrated database and schema.prisma have the same tables, columns, types and nullability", async () => {
  const { pool } = await openTestDatabase(await createTestDatabaseUrl());
  const { rows } = await pool.query(`
    SELECT c.relname AS table, a.attname AS column, NOT a.attnotnull AS nullable,
           CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod)
                ELSE format_type(a.atttypid, a.atttypmod) END AS type
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> '_prisma_migrations'`);
  const byName = (a: SchemaColumn, b: SchemaColumn) => (`${a.table}.${a.column}` < `${b.table}.${b.column}` ? -1 : 1);
  const declared = declaredColumns();
  expect(declared.length).toBeGreaterThan(50);
  expect((rows as SchemaColumn[]).sort(byName)).toEqual(declared.sort(byName));
});

test("the Prisma client can read every table", async () => {
  const database = await openTestDatabase(await createTestDatabaseUrl());
  const { prisma } = database;
  const all = [
    prisma.product,
    prisma.user,
    prisma.interaction,
    prisma.interactionReceipt,
    prisma.setting,
    prisma.model,
    prisma.modelChunk,
    prisma.modelHeldOut,
    prisma.trainingRun,
    prisma.importRun,
    prisma.consumerOffset,
    prisma.deadLetter,
    prisma.serviceSecret,
  ];
  for (const table of all) expect(await (table.findMany as () => Promise<unknown[]>)()).toEqual([]);
});
