import { expect, test } from "vitest";
import { LEASE_MS } from "../../src/admin/trainingRunner.js";
import { startCommand } from "../tools/command.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { fillTwoCircles } from "./shop.js";

const KILL_AT_STAGE = new URL("../tools/killAtStage.mjs", import.meta.url).href;

test("a start after one that was killed while it trained waits for the lost run's end, trains and serves", async () => {
  const database = await createTestDatabase();
  await fillTwoCircles(database);
  const environment = { DATABASE_URL: database.url, TRAINING_THREADS: "1", PORT: "0" };
  const dying = { NODE_OPTIONS: `--import=${KILL_AT_STAGE}`, KILL_AT_STAGE: "fitting to everything" };
  const killed = await startCommand(["serve"], { ...environment, ...dying }).ended;
  expect(killed.code, killed.stderr).toBeNull();

  const service = startCommand(["serve"], environment);
  await service.line(
    /^model {6}waiting for training run 1 \(first start\) to end; if its process is gone, for 15 s at most$/,
  );
  await database.pool.query("UPDATE training_runs SET heartbeat_at = heartbeat_at - $1 * interval '1 ms'", [LEASE_MS]);
  await service.line(/^model {6}version 1 trained on /);
  await service.line(/^Open /);
  service.process.kill("SIGINT");
  expect((await service.ended).code).toBe(0);
});
