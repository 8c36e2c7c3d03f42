import { beforeEach, expect, test } from "vitest";
import type { NewModel } from "../../src/domain/ports.js";
import type { TrainingRun, TrainingWish } from "../../src/domain/trainingRun.js";
import { createModelStore } from "../../src/store/modelStore.js";
import { createTrainingRuns } from "../../src/store/trainingRuns.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();
const runs = createTrainingRuns(database);
const models = createModelStore(database);

beforeEach(() => database.pool.query("TRUNCATE training_runs, models CASCADE"));

const wish = (idempotencyKey: string | null): TrainingWish => ({ reason: "test", requestedBy: "ada", idempotencyKey });
const silentSince = (run: TrainingRun, seconds: number) =>
  database.pool.query("UPDATE training_runs SET heartbeat_at = now() - $2 * interval '1 second' WHERE run_id = $1", [
    run.runId,
    seconds,
  ]);

async function taken(worker = "worker"): Promise<TrainingRun> {
  const run = await runs.take(worker);
  if (run === null) throw new Error("there is no run to take");
  return run;
}

function modelOf({ runId, attempt }: TrainingRun, isAccepted = true): NewModel {
  const side = { ndcg: 0.1, recall: 0.2 };
  const sides = { candidate: side, served: { version: 1, ...side }, popularity: side };
  const verdict = { requiredRatio: 0.99, isAccepted, losesToPopularity: false };
  const comparison: NewModel["comparison"] = { kind: "recipe refitted", nLists: 700, ...sides, ...verdict };
  return { artifact: Uint8Array.of(1, 2, 3), heldOut: null, header: {}, comparison, run: { runId, attempt } };
}

test("a hundred wishes at once are one run that waits, and the same key is the same run for ever", async () => {
  const wishes = await Promise.all(Array.from({ length: 100 }, (_, n) => runs.wish(wish(`key ${n}`))));
  expect(new Set(wishes.map(({ run }) => run.runId)).size).toBe(1);
  expect(wishes.filter(({ fate }) => fate === "queued")).toHaveLength(1);
  const run = await taken();
  const first = wishes.findIndex(({ fate }) => fate === "queued");
  expect(await runs.wish(wish(`key ${first}`))).toMatchObject({ fate: "known", run: { runId: run.runId } });
  expect(await runs.wish(wish("another"))).toMatchObject({ fate: "queued" });
});

test("of several workers one takes the run, and nobody takes another while it is under way", async () => {
  await runs.wish(wish(null));
  const takers = await Promise.all(["a", "b", "c"].map((worker) => runs.take(worker)));
  expect(takers.filter((run) => run !== null)).toHaveLength(1);
  await runs.wish(wish(null));
  expect(await runs.take("d")).toBeNull();
  expect(await runs.begin(wish(null), "d")).toBeNull();
});

test("a run that begins at once is the one that waited", async () => {
  const { run } = await runs.wish(wish("waits"));
  expect(await runs.begin(wish(null), "terminal")).toMatchObject({ runId: run.runId, status: "running", attempt: 1 });
});

test("a worker is told to go on, to stop when somebody cancels, and that the run is no longer its own", async () => {
  await runs.wish(wish(null));
  const run = await taken();
  expect(await runs.report(run, { stage: "fitting", share: 0.5 })).toBe("goOn");
  expect(await runs.find(run.runId)).toMatchObject({ stage: "fitting", progress: 0.5 });
  expect(await runs.cancel(run.runId)).toMatchObject({ status: "running", cancelRequested: true });
  expect(await runs.report(run, null)).toBe("cancel");
  await runs.cancelled(run);
  expect(await runs.report(run, null)).toBe("lost");
  expect(await runs.find(run.runId)).toMatchObject({ status: "cancelled", stage: "fitting" });
});

test("a run that waits is cancelled at once, one that has ended stays as it is, one that never was is null", async () => {
  const { run } = await runs.wish(wish(null));
  expect(await runs.cancel(run.runId)).toMatchObject({ status: "cancelled" });
  expect(await runs.cancel(run.runId)).toMatchObject({ status: "cancelled" });
  expect(await runs.take("worker")).toBeNull();
  expect(await runs.cancel(1_000_000)).toBeNull();
});

test("a run whose worker was killed is taken up once more, then failed", async () => {
  await runs.wish(wish(null));
  const lost = await taken("killed");
  await silentSince(lost, 14);
  expect(await runs.expire(15_000)).toEqual({ requeued: [], failed: [] });
  await silentSince(lost, 16);
  expect(await runs.expire(15_000)).toEqual({ requeued: [lost.runId], failed: [] });
  const again = await taken("other");
  expect(again).toMatchObject({ runId: lost.runId, attempt: 2 });
  expect(await runs.report(lost, null)).toBe("lost");
  await silentSince(again, 16);
  expect(await runs.expire(15_000)).toEqual({ requeued: [], failed: [lost.runId] });
  expect((await runs.find(lost.runId))?.error).toMatch(/worker was lost/);
});

test("a lost run makes way for the one that waits behind it", async () => {
  await runs.wish(wish(null));
  const lost = await taken();
  const { run: waiting } = await runs.wish(wish(null));
  await silentSince(lost, 16);
  expect(await runs.expire(15_000)).toEqual({ requeued: [], failed: [lost.runId] });
  expect((await taken()).runId).toBe(waiting.runId);
});

test("the model of a run ends it; whoever lost the run, or was told to stop, publishes nothing", async () => {
  await runs.wish(wish(null));
  const lost = await taken();
  await silentSince(lost, 16);
  await runs.expire(15_000);
  const again = await taken();
  await expect(models.publish(modelOf(lost))).rejects.toMatchObject({ code: "TRAINING_FAILED" });
  const version = await models.publish(modelOf(again));
  expect(await runs.report(again, null)).toBe("goOn"); // it has ended well, and its worker has yet to hear of it
  expect(await runs.report(lost, null)).toBe("lost");
  expect(await runs.find(again.runId)).toMatchObject({ status: "succeeded", modelVersion: version });

  await runs.wish(wish(null));
  const cancelled = await taken();
  await runs.cancel(cancelled.runId);
  await expect(models.publish(modelOf(cancelled))).rejects.toThrow(/was cancelled or taken up/);
  await runs.cancelled(cancelled);
  expect((await models.newestModels(9)).map((model) => model.version)).toEqual([version]);

  await runs.wish(wish(null));
  const worse = await taken();
  await models.publish(modelOf(worse, false));
  expect(await runs.find(worse.runId)).toMatchObject({ status: "refused" });
});

test("a run that its worker gives back waits again, as if it had not been taken", async () => {
  await runs.wish(wish(null));
  const run = await taken();
  await runs.giveBack(run);
  expect(await taken()).toMatchObject({ runId: run.runId, attempt: 1 });
});

test("the newest runs come first, in pages", async () => {
  for (let n = 0; n < 3; n++) await runs.cancel((await runs.wish(wish(null))).run.runId);
  const [newest, second] = await runs.newest(2, null);
  expect(newest.runId).toBeGreaterThan(second.runId);
  expect(await runs.newest(2, second.runId)).toHaveLength(1);
});
