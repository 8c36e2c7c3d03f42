import PgBoss from "pg-boss";
import { expect, onTestFinished, test } from "vitest";
import { openTrainingQueue } from "../../src/store/trainingQueue.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();
const errors: Error[] = [];

async function openQueue() {
  const ticks: (string | null)[] = [];
  const onJob = async (tick: string | null) => void ticks.push(tick);
  const queue = await openTrainingQueue(database, { onJob, onError: (error) => errors.push(error) });
  onTestFinished(() => queue.stop());
  return { queue, ticks };
}

const schedules = async () => (await database.pool.query("SELECT cron, timezone FROM pgboss.schedule")).rows;

test("a wish wakes one of the workers, whatever the number of replicas that open the queue at once", async () => {
  const [a, b] = await Promise.all([openQueue(), openQueue()]);
  await a.queue.wake();
  await expect.poll(() => [...a.ticks, ...b.ticks], { timeout: 20_000 }).toEqual([null]);
  expect(errors).toEqual([]);
});

test("the schedule is kept for all, changed and taken away; what it sends names its tick", async () => {
  const { queue, ticks } = await openQueue();
  await queue.schedule("0 3 * * *");
  await queue.schedule("0 4 * * *");
  expect(await schedules()).toEqual([{ cron: "0 4 * * *", timezone: "UTC" }]);
  const clock = new PgBoss({ db: { executeSql: (text, values) => database.pool.query(text, values) } });
  const id = await clock.send("recommender-training", { scheduled: true });
  await expect.poll(() => ticks, { timeout: 20_000 }).toEqual([id]);
  await queue.schedule(null);
  expect(await schedules()).toEqual([]);
});
