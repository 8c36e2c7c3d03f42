import PgBoss from "pg-boss";
import { expect, test } from "vitest";
import { createTrainingRuns } from "../../src/store/trainingRuns.js";
import { startCommand } from "../tools/command.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { fillTwoCircles } from "./shop.js";

const database = await createTestDatabase();
await fillTwoCircles(database);
const runs = createTrainingRuns(database);
const patience = { timeout: 100_000, interval: 100 };

async function set(name: string, value: unknown): Promise<void> {
  await database.pool.query("INSERT INTO settings (parameter_name, value) VALUES ($1, $2)", [
    name,
    JSON.stringify(value),
  ]);
}

test("a worker trains after so many events and at the times of the schedule, as the settings say, and ends with 0", async () => {
  await set("training.afterEvents", 10);
  const worker = startCommand(["work"], { DATABASE_URL: database.url, TRAINING_THREADS: "1" });
  const newest = async () => {
    const [run] = await runs.newest(1, null);
    return run && [run.reason, run.status];
  };
  await expect.poll(newest, patience).toEqual(["10 new interactions", "succeeded"]);

  await set("training.schedule", "0 3 * * *");
  const schedules = async () => (await database.pool.query("SELECT cron, timezone FROM pgboss.schedule")).rows;
  await expect.poll(schedules, patience).toEqual([{ cron: "0 3 * * *", timezone: "UTC" }]);
  const clock = new PgBoss({ db: { executeSql: (text, values) => database.pool.query(text, values) } });
  await clock.send("recommender-training", {});
  await expect.poll(newest, patience).toEqual(["schedule", "succeeded"]);

  worker.process.kill("SIGTERM");
  expect((await worker.ended).code).toBe(0);
}, 300_000);
