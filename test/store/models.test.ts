import { expect, test } from "vitest";
import type { ModelComparison } from "../../src/domain/modelComparison.js";
import { createModelStore } from "../../src/store/modelStore.js";
import { createTrainingRuns } from "../../src/store/trainingRuns.js";
import { createTestDatabase } from "../tools/testDatabase.js";

const database = await createTestDatabase();
const models = createModelStore(database);
const bytesOf = (length: number, fill: number) => new Uint8Array(length).fill(fill);

const ACCEPTED: ModelComparison = {
  kind: "recipe refitted",
  nLists: 700,
  candidate: { ndcg: 0.1, recall: 0.2 },
  served: { version: 1, ndcg: 0.1, recall: 0.2 },
  popularity: { ndcg: 0.04, recall: 0.1 },
  requiredRatio: 0.99,
  isAccepted: true,
  losesToPopularity: false,
};
const REFUSED: ModelComparison = { ...ACCEPTED, candidate: { ndcg: 0.09, recall: 0.2 }, isAccepted: false };

function publish(artifact: Uint8Array, comparison = ACCEPTED, heldOut: Uint8Array | null = null): Promise<number> {
  return models.publish({ artifact, heldOut, header: { seed: 1 }, comparison });
}

test("no model is active before the first", async () => {
  expect(await models.activeModel()).toBeNull();
  expect(await models.servableVersions()).toEqual([]);
});

test("bytes come back whole over several chunks, and the newest is the one active model", async () => {
  const first = await publish(bytesOf(10, 1));
  const second = await publish(bytesOf(2_500_000, 2));
  expect((await models.activeModel())?.version).toBe(second);
  expect((await models.servableVersions()).map(({ version }) => version)).toEqual([second, first]);
  expect(Buffer.from(await models.loadArtifact(second)).equals(Buffer.from(bytesOf(2_500_000, 2)))).toBe(true);
});

test("models published at once leave exactly one active", async () => {
  await Promise.all([3, 4, 5].map((fill) => publish(bytesOf(9, fill))));
  const { rows } = await database.pool.query("SELECT count(*)::int AS n FROM models WHERE status = 'active'");
  expect(rows).toEqual([{ n: 1 }]);
});

test.each([
  ["a missing chunk", "DELETE FROM model_chunks WHERE version = $1 AND position = 1"],
  ["a changed byte", "UPDATE model_chunks SET bytes = set_byte(bytes, 5, 77) WHERE version = $1 AND position = 1"],
  ["a missing row", "DELETE FROM models WHERE version = $1"],
])("an artifact with %s is refused by name", async (_what, damage) => {
  const version = await publish(bytesOf(2_500_000, 2));
  await database.pool.query(damage, [version]);
  await expect(models.loadArtifact(version)).rejects.toMatchObject({ code: "MODEL_DAMAGED" });
  await expect(models.loadArtifact(version)).rejects.toThrow(`Cannot load model ${version}: `);
});

test("a refused model is kept with its numbers; it neither serves nor stands in", async () => {
  const active = await publish(bytesOf(5, 6));
  const refused = await publish(bytesOf(5, 7), REFUSED);
  expect((await models.activeModel())?.version).toBe(active);
  expect((await models.servableVersions()).map(({ version }) => version)).not.toContain(refused);
  const [newest, before] = await models.newestModels(2);
  expect(newest).toMatchObject({ version: refused, status: "refused", nBytes: 5, comparison: REFUSED });
  expect(before).toMatchObject({ version: active, status: "active", comparison: ACCEPTED });
});

test("the model before can be brought back at once, and a refused one can be asked for", async () => {
  const before = await publish(bytesOf(5, 8));
  const after = await publish(bytesOf(5, 9));
  const refused = await publish(bytesOf(5, 10), REFUSED);
  expect(await models.activate(before)).toBe(true);
  expect((await models.servableVersions()).map(({ version }) => version).slice(0, 2)).toEqual([before, after]);
  expect(await models.activate(refused)).toBe(true);
  expect((await models.activeModel())?.version).toBe(refused);
  expect(await models.activate(1_000_000)).toBe(false);
  expect((await models.activeModel())?.version).toBe(refused);
});

test("held-out lists come back whole over several chunks, and not without their model", async () => {
  const version = await publish(bytesOf(5, 11), ACCEPTED, bytesOf(2_500_000, 12));
  expect(Buffer.from((await models.loadHeldOut(version)) ?? []).equals(Buffer.from(bytesOf(2_500_000, 12)))).toBe(true);
  expect(await models.loadHeldOut(await publish(bytesOf(5, 13)))).toBeNull();
  await database.pool.query("DELETE FROM models WHERE version = $1", [version]);
  expect(await models.loadHeldOut(version)).toBeNull();
});

test("a training run is recorded with its end", async () => {
  const runs = createTrainingRuns(database);
  const version = await publish(bytesOf(3, 3));
  await runs.finish(await runs.start("test"), version, "succeeded");
  await runs.finish(await runs.start("test"), version, "refused");
  await runs.fail(await runs.start("test"), "no memory");
  const { rows } = await database.pool.query(
    "SELECT status, error, finished_at IS NOT NULL AS ended FROM training_runs ORDER BY run_id",
  );
  expect(rows).toEqual([
    { status: "succeeded", error: null, ended: true },
    { status: "refused", error: null, ended: true },
    { status: "failed", error: "no memory", ended: true },
  ]);
});
