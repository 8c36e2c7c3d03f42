import { expect, test } from "vitest";
import { createModelStore } from "../../src/store/modelStore.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { EVERY_MATRIX, openSabotagedFitter } from "../worlds/sabotage.js";
import { fillTwoCircles, idsOf, listsFor, openReplica, train } from "./shop.js";

const database = await createTestDatabase();
const models = createModelStore(database);
await fillTwoCircles(database);
const first = await train(database);

/** What a replica serves once it has looked for news. */
async function served(replica: Awaited<ReturnType<typeof openReplica>>) {
  await replica.state.refresh();
  const [list] = await listsFor(replica.server, ["s0"]);
  return { version: list.modelVersion, ids: idsOf(list) };
}

test("retraining, refusal and return, as a replica sees them", async () => {
  const replica = await openReplica(database);
  const begin = await served(replica);

  const again = await train(database);
  expect(again.comparison).toMatchObject({ kind: "recipe refitted", isAccepted: true });
  expect(again.comparison.candidate?.ndcg).toBe(again.comparison.served?.ndcg);
  const retrained = await served(replica);
  expect(retrained).toEqual({ ...begin, version: `${again.version}` });

  const broken = await train(database, openSabotagedFitter(EVERY_MATRIX));
  expect(broken.comparison).toMatchObject({ isAccepted: false, served: { version: again.version } });
  expect(await served(replica)).toEqual(retrained);

  const [newest] = await models.newestModels(1);
  expect(newest).toMatchObject({ version: broken.version, status: "refused", comparison: broken.comparison });
  const { rows } = await database.pool.query("SELECT status, model_version FROM training_runs ORDER BY run_id");
  expect(rows).toEqual([
    { status: "succeeded", model_version: first.version },
    { status: "succeeded", model_version: again.version },
    { status: "refused", model_version: broken.version },
  ]);

  expect(await models.activate(first.version, { pin: false })).toBe(true);
  expect(await served(replica)).toEqual(begin);
});

test("a model whose stored lists are damaged is compared by its recipe", async () => {
  await database.pool.query("UPDATE model_held_out SET bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1)");
  const { comparison } = await train(database);
  expect(comparison).toMatchObject({ kind: "recipe refitted", isAccepted: true });
  expect(comparison.candidate?.ndcg).toBe(comparison.served?.ndcg);
});

test("a damaged active model does not keep a sound one out", async () => {
  await database.pool.query("DELETE FROM model_chunks");
  const { version, comparison } = await train(database);
  expect(comparison).toMatchObject({ kind: "unreadable model", isAccepted: true });
  expect((await models.activeModel())?.version).toBe(version);
});
