import { expect, test } from "vitest";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { readTrainingRecord } from "../../src/store/trainingRecord.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { interaction } from "./interactions.js";

const database = await createTestDatabase();

async function keepRun(status: string, startedAt: string, finishedAt: string | null): Promise<void> {
  await database.pool.query(
    "INSERT INTO training_runs (status, reason, started_at, finished_at) VALUES ($1, 'test', $2, $3)",
    [status, startedAt, finishedAt],
  );
}

test("before the first training nothing is known but what waits to be learned", async () => {
  await createInteractionWriter(database).write([interaction({ productId: "a" }), interaction({ productId: "b" })]);
  expect(await readTrainingRecord(database)).toEqual({
    nByOutcome: { succeeded: 0, refused: 0, failed: 0, cancelled: 0 },
    secondsByOutcome: { succeeded: 0, refused: 0, failed: 0, cancelled: 0 },
    ...{ nRunning: 0, nQueued: 0, lastSeconds: null, lastSuccessAt: null, nNotLearned: 2 },
  });
});

test("runs are counted by what they came to, and events since the newest that gave a model", async () => {
  await keepRun("succeeded", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z");
  await keepRun("failed", "2026-01-02T00:00:00Z", "2026-01-02T00:00:05Z");
  await keepRun("refused", "2026-01-03T00:00:00Z", "2026-01-03T00:00:30Z");
  await keepRun("failed", "2026-01-04T00:00:00Z", "2026-01-04T00:00:05Z");
  await keepRun("running", "2026-01-05T00:00:00Z", null);
  const { rows } = await database.pool.query(
    "UPDATE interactions SET received_at = '2026-01-02Z' WHERE product_no = 1 RETURNING 1",
  );
  expect(rows).toHaveLength(1);
  expect(await readTrainingRecord(database)).toEqual({
    nByOutcome: { succeeded: 1, refused: 1, failed: 2, cancelled: 0 },
    secondsByOutcome: { succeeded: 60, refused: 30, failed: 10, cancelled: 0 },
    ...{ nRunning: 1, nQueued: 0, lastSeconds: 30, lastSuccessAt: new Date("2026-01-01T00:01:00Z"), nNotLearned: 1 },
  });
});
