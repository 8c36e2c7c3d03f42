import { expect, test } from "vitest";
import { createDueTraining } from "../../src/admin/dueTraining.js";
import { LEASE_MS, runTrainingWork, type TrainingWork } from "../../src/admin/trainingRunner.js";
import { startTrainingWorker, type WorkerEvent } from "../../src/admin/trainingWorker.js";
import type { RunClaim, RunProgress, TrainingRun } from "../../src/domain/trainingRun.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { hasNewInteractions } from "../../src/store/newInteractions.js";
import { createTrainingRuns } from "../../src/store/trainingRuns.js";
import { interaction } from "../store/interactions.js";
import { PATIENCE } from "../tools/patience.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();
const runs = createTrainingRuns(database);

/** Time that passes when the test says so. */
function handClock() {
  const works = new Set<() => Promise<void>>();
  return {
    every: (_ms: number, work: () => Promise<void>) => {
      works.add(work);
      return () => void works.delete(work);
    },
    tick: async () => void (await Promise.all([...works].map((work) => work()))),
  };
}

/** A training that ends when the test says so. */
function trainings() {
  const started: (RunClaim & {
    report: (progress: RunProgress) => void;
    succeed: () => void;
    fail: (why: string) => void;
    isStopped: boolean;
  })[] = [];
  const start = (claim: RunClaim, report: (progress: RunProgress) => void): TrainingWork<string> => {
    let settle: { resolve: (outcome: string) => void; reject: (error: Error) => void };
    const result = new Promise<string>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const training = {
      ...claim,
      report,
      isStopped: false,
      succeed: () => settle.resolve("a model"),
      fail: (why: string) => settle.reject(new Error(why)),
    };
    started.push(training);
    return {
      result,
      stop: async () => {
        training.isStopped = true;
        training.fail("killed");
      },
    };
  };
  return { started, start };
}

function workerOf(name: string) {
  const events: WorkerEvent[] = [];
  const time = handClock();
  const work = trainings();
  const options = { runs, name, every: time.every, start: work.start, wishIfDue: async () => {} };
  const worker = startTrainingWorker<string>({ ...options, onEvent: (event) => events.push(event) });
  return { worker, events, tick: time.tick, started: work.started };
}

const wish = (reason = "test") => runs.wish({ reason, requestedBy: null, idempotencyKey: null });
const endedEvents = (events: readonly WorkerEvent[]) => events.map(({ kind }) => kind);

test("two workers share the work: one run at a time, each run once", async () => {
  const [a, b] = [workerOf("a"), workerOf("b")];
  const { run } = await wish();
  await Promise.all([a.tick(), b.tick(), a.worker.look(), b.worker.look()]);
  const all = [...a.started, ...b.started];
  expect(all.map(({ runId }) => runId)).toEqual([run.runId]);
  await wish("next");
  await Promise.all([a.tick(), b.tick()]);
  expect(a.started.length + b.started.length).toBe(1);
  all[0].fail("no memory");
  await expect.poll(async () => (await runs.find(run.runId))?.error, PATIENCE).toBe("no memory");
  await Promise.all([a.tick(), b.tick()]);
  expect(a.started.length + b.started.length).toBe(2);
  await Promise.all([a.worker.stop(), b.worker.stop()]);
  await runs.cancel((await runs.newest(1, null))[0].runId);
});

test("where a training is stands in its run, and a cancellation stops the work", async () => {
  const { worker, events, tick, started } = workerOf("a");
  const { run } = await wish();
  await tick();
  started[0].report({ stage: "fitting", share: 0.25 });
  await tick();
  expect(await runs.find(run.runId)).toMatchObject({ status: "running", stage: "fitting", progress: 0.25 });
  await runs.cancel(run.runId);
  await tick();
  await expect.poll(async () => (await runs.find(run.runId))?.status, PATIENCE).toBe("cancelled");
  expect(started[0].isStopped).toBe(true);
  await expect.poll(() => endedEvents(events), PATIENCE).toEqual(["trainingStarted", "trainingStopped"]);
  await worker.stop();
});

test("a worker that is stopped puts its run back, and another one takes it up from the beginning", async () => {
  const [a, b] = [workerOf("a"), workerOf("b")];
  const { run } = await wish();
  await a.tick();
  await a.worker.stop();
  expect(a.started[0].isStopped).toBe(true);
  expect(await runs.find(run.runId)).toMatchObject({ status: "queued" });
  await b.tick();
  expect(b.started.map(({ runId }) => runId)).toEqual([run.runId]);
  b.started[0].fail("enough");
  await expect.poll(async () => (await runs.find(run.runId))?.status, PATIENCE).toBe("failed");
  await b.worker.stop();
});

test("a worker that finds a lost run takes it up, and the lost one, back from the dead, stops", async () => {
  const [lost, other] = [workerOf("lost"), workerOf("other")];
  const { run } = await wish();
  await lost.tick();
  await database.pool.query("UPDATE training_runs SET heartbeat_at = now() - $1 * interval '1 ms' WHERE run_id = $2", [
    LEASE_MS + 1000,
    run.runId,
  ]);
  await other.tick();
  expect(other.events[0]).toEqual({ kind: "workerLost", runIds: [run.runId], fate: "queued again" });
  expect(other.started).toMatchObject([{ runId: run.runId, attempt: 2 }]);
  await lost.tick();
  expect(lost.started[0].isStopped).toBe(true);
  expect(await runs.find(run.runId)).toMatchObject({ status: "running", attempt: 2 });
  other.started[0].fail("enough");
  await expect.poll(async () => (await runs.find(run.runId))?.status, PATIENCE).toBe("failed");
  await Promise.all([lost.worker.stop(), other.worker.stop()]);
});

test("a store that is away is told once, and work goes on when it is back", async () => {
  const events: WorkerEvent[] = [];
  let isAway = true;
  const away = {
    ...runs,
    expire: (leaseMs: number) => (isAway ? Promise.reject(new Error("away")) : runs.expire(leaseMs)),
  };
  const time = handClock();
  const work = trainings();
  const options = { runs: away, name: "a", every: time.every, start: work.start, wishIfDue: async () => {} };
  const worker = startTrainingWorker<string>({ ...options, onEvent: (event) => events.push(event) });
  await time.tick();
  await time.tick();
  isAway = false;
  await time.tick();
  expect(endedEvents(events)).toEqual(["queueLost", "queueBack"]);
  await worker.stop();
});

test("a heartbeat that does not reach the store is no reason to stop the work", async () => {
  await wish();
  const run = (await runs.take("a")) as TrainingRun;
  const time = handClock();
  const { started, start } = trainings();
  const silent = { ...runs, report: () => Promise.reject(new Error("away")) };
  const running = runTrainingWork(run, { runs: silent, start, every: time.every });
  await time.tick();
  expect(started[0].isStopped).toBe(false);
  started[0].succeed();
  expect(await running.ended).toBe("a model");
  await runs.fail(run, "ended by hand");
});

test("a training is wished for once so many interactions have arrived since the last one began, and only once", async () => {
  await database.pool.query("TRUNCATE training_runs, interactions CASCADE");
  let nowMs = 0;
  let afterEvents = 0;
  const wishIfDue = createDueTraining({
    runs,
    afterEvents: async () => afterEvents,
    hasNewInteractions: (since, atLeast) => hasNewInteractions(database, since, atLeast),
    clock: () => nowMs,
  });
  const look = async () => {
    nowMs += 60_000;
    await wishIfDue();
    return (await runs.newest(9, null)).length;
  };
  const writer = createInteractionWriter(database);
  await writer.write([interaction({ eventId: "1" }), interaction({ eventId: "2" })]);
  expect(await look()).toBe(0); // 0 is never
  afterEvents = 3;
  expect(await look()).toBe(0);
  afterEvents = 2;
  expect(await look()).toBe(1);
  expect(await look()).toBe(1);
  const run = (await runs.take("a")) as TrainingRun;
  await runs.fail(run, "no memory");
  expect(await look()).toBe(1); // what made it fail would fail again
  await writer.write([interaction({ eventId: "3" }), interaction({ eventId: "4" })]);
  expect(await look()).toBe(2);
});
