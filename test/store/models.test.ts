import { expect, test } from "vitest";
import type { ModelComparison } from "../../src/domain/modelComparison.js";
import { createModelStore } from "../../src/store/modelStore.js";
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
  return models.publish({ artifact, heldOut, header: { seed: 1 }, comparison, run: null });
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
  expect(await models.activate(before, { pin: false })).toBe(true);
  expect((await models.servableVersions()).map(({ version }) => version).slice(0, 2)).toEqual([before, after]);
  expect(await models.activate(refused, { pin: false })).toBe(true);
  expect((await models.activeModel())?.version).toBe(refused);
  expect(await models.activate(1_000_000, { pin: false })).toBe(false);
  expect((await models.activeModel())?.version).toBe(refused);
});

test("held-out lists come back whole over several chunks, and not without their model", async () => {
  const version = await publish(bytesOf(5, 11), ACCEPTED, bytesOf(2_500_000, 12));
  expect(Buffer.from((await models.loadHeldOut(version)) ?? []).equals(Buffer.from(bytesOf(2_500_000, 12)))).toBe(true);
  expect(await models.loadHeldOut(await publish(bytesOf(5, 13)))).toBeNull();
  await database.pool.query("DELETE FROM models WHERE version = $1", [version]);
  expect(await models.loadHeldOut(version)).toBeNull();
});

test("a pinned model serves whatever is trained meanwhile, until it is let go", async () => {
  const pinned = await publish(bytesOf(5, 14));
  await models.activate(pinned, { pin: true });
  const better = await publish(bytesOf(5, 15));
  expect((await models.activeModel())?.version).toBe(pinned);
  expect(
    (await models.newestModels(2)).map(({ version, status, isPinned }) => ({ version, status, isPinned })),
  ).toEqual([
    { version: better, status: "retired", isPinned: false },
    { version: pinned, status: "active", isPinned: true },
  ]);
  await models.activate(pinned, { pin: false });
  const next = await publish(bytesOf(5, 16));
  expect((await models.activeModel())?.version).toBe(next);
});

test("all but the newest models are deleted, never the one that serves and those that stand in for it", async () => {
  await database.pool.query("DELETE FROM models");
  const versions = [];
  for (let n = 0; n < 12; n++) versions.push(await publish(bytesOf(5, 20 + n), n < 4 ? REFUSED : ACCEPTED));
  await models.activate(versions[4], { pin: true });
  expect(await models.deleteAllBut(2)).toEqual([...versions.slice(0, 4), ...versions.slice(5, 8)]);
  expect((await models.servableVersions()).map(({ version }) => version)).toEqual([
    versions[4],
    ...versions.slice(8).reverse(),
  ]);
});
