import { expect, test } from "vitest";
import { startTrainingWorker } from "../../src/admin/trainingWorker.js";
import { every } from "../../src/commands/every.js";
import { trainingInChild } from "../../src/commands/train.js";
import { readConfig } from "../../src/config.js";
import type { GraphServer } from "../../src/graph/server.js";
import { createTrainingRuns } from "../../src/store/trainingRuns.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { ADMIN_TOKEN, fillTwoCircles, listsFor, openReplica, train } from "./shop.js";

const database = await createTestDatabase();
await fillTwoCircles(database);
await train(database);

const RUN = "id status attempt reason stage progress modelVersion error";
const RETRAIN = `mutation ($key: ID!) { retrainRecommendationModel(input: {idempotencyKey: $key, reason: "a test"}) {
  __typename ... on RetrainRecommendationModelSuccess { isNew run { ${RUN} } } ... on InvalidInput { field message } } }`;
const ACTIVATE = `mutation ($input: ActivateRecommendationModelInput!) { activateRecommendationModel(input: $input) {
  __typename ... on ActivateRecommendationModelSuccess { previous model { version status isPinned } } ... on InvalidInput { field message } } }`;
const CANCEL = `mutation ($id: Int!) { cancelRecommendationTraining(id: $id) {
  __typename ... on CancelRecommendationTrainingSuccess { run { id status } } ... on InvalidInput { field message } } }`;
const RUNS = `query ($first: Int, $after: Int) { recommendationTrainingRuns(first: $first, after: $after) { ${RUN} } }`;
const MODELS = `{ recommendationModels { version status isPinned bytes checksum comparison { comparedBy lists isAccepted requiredRatio
  candidate { ndcg recall } served { ndcg } popularity { ndcg } } } }`;

async function ask(server: GraphServer, query: string, variables: object = {}, token = ADMIN_TOKEN) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await server.inject({ method: "POST", url: "/graphql", payload: { query, variables }, headers });
  return answer.json();
}

const retrain = async (server: GraphServer, key: string) =>
  (await ask(server, RETRAIN, { key })).data.retrainRecommendationModel;
const activate = async (server: GraphServer, input: object) =>
  (await ask(server, ACTIVATE, { input })).data.activateRecommendationModel;
const modelsOf = async (server: GraphServer) => (await ask(server, MODELS)).data.recommendationModels;

test("a button pressed a hundred times is one training, whose progress can be followed to its model", async () => {
  const { server, state } = await openReplica(database);
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => retrain(server, `press ${n % 50}`)));
  expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
  expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
  const [{ run }] = answers;

  const worker = startTrainingWorker({
    runs: createTrainingRuns(database),
    name: "test",
    every,
    start: trainingInChild(readConfig({ TF_BACKEND: "wasm", TRAINING_THREADS: "1" }), database.url, () => {}),
    wishIfDue: async () => {},
    onEvent: () => {},
  });
  const statusOf = async () => (await ask(server, RUNS, { first: 1 })).data.recommendationTrainingRuns[0].status;
  await expect.poll(statusOf, { timeout: 50_000, interval: 250 }).toBe("SUCCEEDED");
  await worker.stop();
  const [ended, first] = (await ask(server, RUNS)).data.recommendationTrainingRuns;
  expect(ended).toMatchObject({ id: run.id, reason: "a test", stage: "publishing", progress: 1, error: null });
  expect((await ask(server, RUNS, { after: ended.id })).data.recommendationTrainingRuns).toEqual([first]);

  await state.refresh();
  expect(state.modelVersion).toBe(String(ended.modelVersion));
  const [newest] = await modelsOf(server);
  expect(newest).toMatchObject({ version: ended.modelVersion, status: "ACTIVE", isPinned: false });
  expect(newest.comparison).toMatchObject({ isAccepted: true, candidate: { ndcg: expect.any(Number) } });
});

test("a model is brought back and pinned, and serves from the next list on", async () => {
  const { server, state } = await openReplica(database);
  const [newest, before] = await modelsOf(server);
  expect(await activate(server, { version: before.version, reason: "looked better" })).toEqual({
    __typename: "ActivateRecommendationModelSuccess",
    previous: newest.version,
    model: { version: before.version, status: "ACTIVE", isPinned: true },
  });
  await state.refresh();
  expect((await listsFor(server, ["s0"]))[0].modelVersion).toBe(String(before.version));
  await train(database);
  expect((await modelsOf(server)).find(({ status }: { status: string }) => status === "ACTIVE").version).toBe(
    before.version,
  );
  await activate(server, { version: before.version, pin: false });
  const { version } = await train(database);
  expect((await modelsOf(server))[0]).toMatchObject({ version, status: "ACTIVE" });
});

test("a version that never was, and one whose bytes are damaged, are refused with the reason, and nothing changes", async () => {
  const { server } = await openReplica(database);
  const before = await modelsOf(server);
  expect(await activate(server, { version: 4711 })).toMatchObject({ __typename: "InvalidInput", field: "version" });
  expect(await activate(server, { version: -1 })).toMatchObject({ __typename: "InvalidInput", field: "version" });
  const { version } = before[1];
  await database.pool.query(
    "UPDATE model_chunks SET bytes = set_byte(bytes, 99, get_byte(bytes, 99) # 1) WHERE version = $1 AND position = 0",
    [version],
  );
  const refused = await activate(server, { version });
  expect(refused.message).toMatch(/do not have the checksum/);
  expect(await modelsOf(server)).toEqual(before);
});

test("a training that waits is cancelled; one that has ended, or never was, is refused", async () => {
  const { server } = await openReplica(database);
  const { run } = await retrain(server, "in vain");
  const cancel = async (id: number) => (await ask(server, CANCEL, { id })).data.cancelRecommendationTraining;
  expect(await cancel(run.id)).toMatchObject({ run: { id: run.id, status: "CANCELLED" } });
  const [, ended] = (await ask(server, RUNS)).data.recommendationTrainingRuns;
  expect(await cancel(ended.id)).toMatchObject({ __typename: "InvalidInput", field: "runId" });
  expect(await cancel(4711)).toMatchObject({ __typename: "InvalidInput", field: "runId" });
});

test("trainings and models are an administrator's to see and to change", async () => {
  const { server } = await openReplica(database);
  for (const [query, variables] of [
    [RUNS, {}],
    [MODELS, {}],
    [RETRAIN, { key: "k" }],
    [ACTIVATE, { input: { version: 1 } }],
    [CANCEL, { id: 1 }],
  ] as const) {
    const { errors } = await ask(server, query, variables, "somebody");
    expect(errors[0].extensions.code).toBe("FORBIDDEN");
  }
});

test("what was done to trainings and models stands among the commands, with who did it and what came of it", async () => {
  const { server } = await openReplica(database);
  const { data } = await ask(server, "{ recommendationCommands(first: 100) { type door status outcome } }");
  const types = data.recommendationCommands.map(({ type }: { type: string }) => type);
  expect(types).toEqual(expect.arrayContaining(["retrain_model", "activate_model", "cancel_training"]));
});
