import { expect, test } from "vitest";
import { createModelStore } from "../../src/store/modelStore.js";
import { createTrainingRuns } from "../../src/store/trainingRuns.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();
const models = createModelStore(database);
const about = { header: { seed: 1 }, metrics: {} };
const bytesOf = (length: number, fill: number) => new Uint8Array(length).fill(fill);

test("no model is active before the first", async () => {
  expect(await models.activeModel()).toBeNull();
  expect(await models.servableVersions()).toEqual([]);
});

test("bytes come back whole over several chunks, and the newest is the one active model", async () => {
  const first = await models.publish(bytesOf(10, 1), about);
  const second = await models.publish(bytesOf(2_500_000, 2), about);
  expect((await models.activeModel())?.version).toBe(second);
  expect((await models.servableVersions()).map(({ version }) => version)).toEqual([second, first]);
  expect(Buffer.from(await models.loadArtifact(second)).equals(Buffer.from(bytesOf(2_500_000, 2)))).toBe(true);
});

test("models published at once leave exactly one active", async () => {
  await Promise.all([3, 4, 5].map((fill) => models.publish(bytesOf(9, fill), about)));
  const { rows } = await database.pool.query("SELECT count(*)::int AS n FROM models WHERE status = 'active'");
  expect(rows).toEqual([{ n: 1 }]);
});

test.each([
  ["a missing chunk", "DELETE FROM model_chunks WHERE version = $1 AND position = 1"],
  ["a changed byte", "UPDATE model_chunks SET bytes = set_byte(bytes, 5, 77) WHERE version = $1 AND position = 1"],
  ["a missing row", "DELETE FROM models WHERE version = $1"],
])("an artifact with %s is refused by name", async (_what, damage) => {
  const version = await models.publish(bytesOf(2_500_000, 2), about);
  await database.pool.query(damage, [version]);
  await expect(models.loadArtifact(version)).rejects.toMatchObject({ code: "MODEL_DAMAGED" });
  await expect(models.loadArtifact(version)).rejects.toThrow(`Cannot load model ${version}: `);
});

test("a training run is recorded with its end", async () => {
  const runs = createTrainingRuns(database);
  const version = await models.publish(bytesOf(3, 3), about);
  await runs.finish(await runs.start("test"), version);
  await runs.fail(await runs.start("test"), "no memory");
  const { rows } = await database.pool.query(
    "SELECT status, error, finished_at IS NOT NULL AS ended FROM training_runs ORDER BY run_id",
  );
  expect(rows).toEqual([
    { status: "succeeded", error: null, ended: true },
    { status: "failed", error: "no memory", ended: true },
  ]);
});
