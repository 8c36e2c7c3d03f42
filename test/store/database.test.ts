import { expect, it } from "vitest";
import { createTestDatabase } from "../tools/testDatabase.js";

const { pool } = await createTestDatabase();

it("a connection that PostgreSQL ends in the hands of whoever asked for it fails their statement, and ends nothing", async () => {
  const client = await pool.connect();
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const ended = new Promise<void>((resolve) => void client.once("end", resolve));
  await pool.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
  await ended;
  await expect(client.query("SELECT 1")).rejects.toThrow(/not queryable/);
  client.release(true);
  expect((await pool.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);
});
