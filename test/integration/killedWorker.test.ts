import { expect, test } from "vitest";
import { LEASE_MS } from "../../src/admin/trainingRunner.js";
import { createTrainingRuns } from "../../src/store/trainingRuns.js";
import { startCommand } from "../tools/command.js";
import { PATIENCE } from "../tools/patience.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { fillTwoCircles, listsFor, openReplica } from "./shop.js";

const database = await createTestDatabase();
await fillTwoCircles(database);
const runs = createTrainingRuns(database);
const KILL_AT_STAGE = new URL("../tools/killAtStage.mjs", import.meta.url).href;

/** A worker in a process of its own, which is killed at a stage of the training that it takes. */
function startWorker(stage: string | null) {
  return startCommand(["work"], {
    DATABASE_URL: database.url,
    TRAINING_THREADS: "1",
    ...(stage !== null && { NODE_OPTIONS: `--import=${KILL_AT_STAGE}`, KILL_AT_STAGE: stage }),
  });
}

/** Time that passes: the lease of whoever is silent now is over. */
async function waitOutLease(): Promise<void> {
  await database.pool.query(
    "UPDATE training_runs SET heartbeat_at = heartbeat_at - $1 * interval '1 ms' WHERE status = 'running'",
    [LEASE_MS + 1],
  );
}

async function storedModels() {
  const { rows } = await database.pool.query(`
    SELECT (SELECT json_agg(version ORDER BY version) FROM models) AS models,
           (SELECT json_agg(DISTINCT version) FROM model_chunks) AS "withBytes",
           (SELECT json_agg(DISTINCT version) FROM model_held_out) AS "withLists"`);
  return rows[0];
}

/**
 * Take a run and die at a stage. A publication stands still meanwhile with its bytes written and not committed. Resolves
 * when the training process has ended as well: it heard of the death by itself.
 */
async function workAndDieAt(stage: string): Promise<void> {
  const blocker = await database.pool.connect();
  await blocker.query("BEGIN; LOCK TABLE model_held_out IN SHARE MODE");
  const killed = await startWorker(stage).ended;
  await blocker.query("ROLLBACK");
  blocker.release();
  expect(killed.code, `killed at ${stage}: ${killed.stderr}`).toBeNull();
  await expectNoTraining();
}

async function expectNoTraining(): Promise<void> {
  const sql = `SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'recommender training'`;
  const connections = async () => (await database.pool.query(sql)).rows[0].n;
  await expect.poll(connections, PATIENCE).toBe(0);
}

test("a worker killed at any stage of a training costs a run at most, leaves no half a model, and one serves all along", async () => {
  const { stdout } = await startCommand(["train"], { DATABASE_URL: database.url, TRAINING_THREADS: "1" }).ended;
  const stages = [...stdout.matchAll(/^model +… (.+)$/gm)].map(([, stage]) => stage);
  expect(new Set(stages).size).toBeGreaterThan(6);
  expect(stages.at(-1)).toBe("publishing");
  const { server } = await openReplica(database);
  const before = await storedModels();
  expect(before).toEqual({ models: [1], withBytes: [1], withLists: [1] });
  const [list] = await listsFor(server, ["s0"]);
  expect(list.modelVersion).toBe("1");

  for (const [i, stage] of [...new Set(stages)].entries()) {
    if (i % 2 === 0) await runs.wish({ reason: stage, requestedBy: null, idempotencyKey: stage });
    await workAndDieAt(stage);
    const [lost] = await runs.newest(1, null);
    expect(lost).toMatchObject({ status: "running", attempt: 1 + (i % 2), modelVersion: null });
    expect(await storedModels()).toEqual(before);
    expect(await listsFor(server, ["s0"])).toEqual([list]);
    await waitOutLease();
    await runs.expire(LEASE_MS);
    const fate =
      i % 2 === 0 ? { status: "queued" } : { status: "failed", error: expect.stringMatching(/worker was lost/) };
    expect(await runs.find(lost.runId)).toMatchObject(fate);
  }

  await runs.wish({ reason: "at last", requestedBy: null, idempotencyKey: "at last" });
  startWorker(null);
  const statusOf = async () => (await runs.newest(1, null))[0].status;
  await expect.poll(statusOf, { timeout: 100_000, interval: 100 }).toBe("succeeded");
  const [ended] = await runs.newest(1, null);
  const { modelVersion } = ended;
  expect(await storedModels()).toEqual({
    models: [1, modelVersion],
    withBytes: [1, modelVersion],
    withLists: [1, modelVersion],
  });
}, 400_000);
