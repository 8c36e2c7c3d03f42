import PgBoss from "pg-boss";
import { expect, onTestFinished, test } from "vitest";
import { openTrainingQueue } from "../../src/store/trainingQueue.js";
import { PATIENCE } from "../tools/patience.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();
const errors: Error[] = [];

async function openQueue() {
  const ticks: string[] = [];
  const onTick = async (tick: string) => void ticks.push(tick);
  const queue = await openTrainingQueue(database, { onTick, onError: (error) => errors.push(error) });
  onTestFinished(() => queue.stop());
  return { queue, ticks };
}

const schedules = async () => (await database.pool.query("SELECT cron, timezone FROM pgboss.schedule")).rows;

/** What the clock of the schedule sends when a moment of it has come. */
function tick(): Promise<string | null> {
  const clock = new PgBoss({ db: { executeSql: (text, values) => database.pool.query(text, values) } });
  return clock.send("recommender-training", {});
}

test("of a tick one worker hears, whatever the number of replicas that open the queue at once", async () => {
  const [a, b] = await Promise.all([openQueue(), openQueue()]);
  const id = await tick();
  await expect.poll(() => [...a.ticks, ...b.ticks], PATIENCE).toEqual([id]);
  expect(errors).toEqual([]);
});

test("the schedule is kept for all, changed and taken away; what it sends names its tick", async () => {
  const { queue, ticks } = await openQueue();
  await queue.schedule("0 3 * * *");
  await queue.schedule("0 4 * * *");
  expect(await schedules()).toEqual([{ cron: "0 4 * * *", timezone: "UTC" }]);
  const id = await tick();
  await expect.poll(() => ticks, PATIENCE).toEqual([id]);
  await queue.schedule(null);
  expect(await schedules()).toEqual([]);
});
