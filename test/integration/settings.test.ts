import { expect, test, vi } from "vitest";
import { SETTINGS } from "../../src/domain/setting.js";
import type { GraphServer } from "../../src/graph/server.js";
import { PATIENCE } from "../tools/patience.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { ADMIN_TOKEN, fillTwoCircles, listsFor, openReplica, train } from "./shop.js";
import { askAs as ask } from "./steer.js";

const database = await createTestDatabase();
await fillTwoCircles(database);
await train(database);

const RESULT = `{ __typename
  ... on UpdateRecommendationSettingsSuccess { settings { version } change { version changedBy door isVerified reason commandId changes { name from to } } }
  ... on InvalidInput { field message }
  ... on VersionConflict { message current { version } } }`;
const UPDATE = `mutation ($input: UpdateRecommendationSettingsInput!) { updateRecommendationSettings(input: $input) ${RESULT} }`;
const ROLLBACK = `mutation ($version: Int!) { rollbackRecommendationSettings(version: $version, reason: "undo") ${RESULT} }`;
const HISTORY = `query ($first: Int, $after: Int) { recommendationSettingsHistory(first: $first, after: $after) { version reason changes { name from to } } }`;

async function settingsOf(server: GraphServer) {
  const { data } = await ask(
    server,
    "{ recommendationSettings { version settings { name type min max default value help effect } } }",
  );
  return data.recommendationSettings;
}

async function update(server: GraphServer, changes: object[], expectedVersion?: number) {
  const version = expectedVersion ?? (await settingsOf(server)).version;
  const { data } = await ask(server, UPDATE, { input: { changes, expectedVersion: version, reason: "a test" } });
  return data.updateRecommendationSettings;
}

async function rollback(server: GraphServer, version: number) {
  return (await ask(server, ROLLBACK, { version })).data.rollbackRecommendationSettings;
}

const weightOfContent = (settings: { settings: { name: string; value: unknown }[] }) =>
  settings.settings.find(({ name }) => name === "weight.content")?.value;

test("settings say what they are, what they may be and what they do", async () => {
  const { server } = await openReplica(database);
  const { settings } = await settingsOf(server);
  const named = (wanted: string) => settings.find(({ name }: { name: string }) => name === wanted);
  expect(named("weight.content")).toEqual({
    name: "weight.content",
    type: "NUMBER",
    min: 0,
    max: 100,
    default: 1,
    value: 1,
    help: expect.stringContaining("alike names"),
    effect: "AT_ONCE",
  });
  expect(named("exclude.seen")).toMatchObject({ type: "BOOLEAN", min: null, max: null, value: false });
  expect(named("training.schedule")).toMatchObject({ type: "TEXT", min: null, value: "" });
  expect(settings.map(({ name }: { name: string }) => name)).toEqual(Object.keys(SETTINGS));
  expect(named("training.effort").effect).toBe("AT_THE_NEXT_TRAINING");
});

test("a change acts on every replica by itself, each list of one version whole, and an undo brings everything back", async () => {
  const [one, other] = [await openReplica(database), await openReplica(database)];
  one.state.start();
  other.state.start();
  const { version } = await settingsOf(one.server);
  const changes = [
    { name: "weight.content", value: 0 },
    { name: "weight.basket", value: 3 },
  ];
  const answer = await update(one.server, changes);
  expect(answer.change).toMatchObject({
    version: version + 1,
    changedBy: "administrator",
    door: "GRAPHQL",
    isVerified: true,
    reason: "a test",
    changes: [
      { name: "weight.content", from: 1, to: 0 },
      { name: "weight.basket", from: 1, to: 3 },
    ],
  });
  await vi.waitFor(() => expect(other.state.settings?.["weight.content"]).toBe(0), PATIENCE);
  await vi.waitFor(() => expect(one.state.settings?.["weight.content"]).toBe(0), PATIENCE);
  const undone = await rollback(other.server, version);
  expect(undone.settings.version).toBe(version + 2);
  expect(undone.change.changes).toEqual([
    { name: "weight.basket", from: 3, to: 1 },
    { name: "weight.content", from: 0, to: 1 },
  ]);
  await vi.waitFor(() => expect(one.state.settings?.["weight.basket"]).toBe(1), PATIENCE);
  await Promise.all([one.state.stop(), other.state.stop()]);
});

test("lists computed while weights change carry the weights of one version each", async () => {
  const { server, state, engine } = await openReplica(database);
  const flip = async (value: number) => {
    await update(server, [
      { name: "weight.content", value },
      { name: "weight.collaborative", value },
    ]);
    await state.refresh();
  };
  const batches = [];
  for (let round = 0; round < 6; round++) {
    const request = {
      placement: "user",
      first: 5,
      strategy: "AUTO",
      context: null,
      shown: new Uint32Array(0),
    } as const;
    const filter = { categories: null, excludeProductIds: [], minPrice: null, maxPrice: null };
    const requests = Array.from({ length: 40 }, (_, i) => ({ ...request, filter, subjectId: `s${i}` }));
    const [lists] = await Promise.all([engine.recommend(requests), flip(round % 2 === 0 ? 3 : 1)]);
    batches.push(lists);
  }
  for (const lists of batches) {
    const terms = lists.flatMap(({ products }) => products.flatMap((product) => product.terms));
    const weights = terms.filter(({ signal }) => signal === "content" || signal === "collaborative");
    expect(new Set(weights.map(({ weight }) => weight)).size).toBe(1);
  }
});

test("of two administrators at once one wins, and the other is told what holds", async () => {
  const [one, other] = [await openReplica(database), await openReplica(database)];
  const { version } = await settingsOf(one.server);
  const answers = await Promise.all(
    [one, other, one, other].map(({ server }, i) => update(server, [{ name: "cap.perBrand", value: i + 1 }], version)),
  );
  const names = answers.map(({ __typename }) => __typename).sort();
  expect(names).toEqual([
    "UpdateRecommendationSettingsSuccess",
    "VersionConflict",
    "VersionConflict",
    "VersionConflict",
  ]);
  for (const { current } of answers.filter((answer) => answer.current)) expect(current.version).toBe(version + 1);
});

test.each([
  ["NaN's neighbour, the literal 1e999", '[{ name: "weight.basket", value: 1e999 }]', "changes[0].value"],
  ["a text", '[{ name: "weight.basket", value: "2" }]', "changes[0].value"],
  ["a list", '[{ name: "weight.basket", value: [1] }]', "changes[0].value"],
  ["no value", '[{ name: "weight.basket" }]', "changes[0].value"],
  ["an unknown name", '[{ name: "weight.magic", value: 1 }]', "changes[0].name"],
  ["a name with NUL", '[{ name: "weight.\\u0000", value: 1 }]', "changes[0].name"],
  ["a setting twice", '[{ name: "weight.basket", value: 1 }, { name: "weight.basket", value: 2 }]', "changes[1].name"],
  [
    "one wrong among right ones",
    '[{ name: "weight.basket", value: 9 }, { name: "weight.latent", value: -1 }]',
    "changes[1].value",
  ],
  ["no changes", "[]", "changes"],
])("%s is refused with the field at fault, and nothing is changed", async (_what, changes, field) => {
  const { server } = await openReplica(database);
  const before = await settingsOf(server);
  const query = `mutation { updateRecommendationSettings(input: { changes: ${changes}, expectedVersion: ${before.version} }) ${RESULT} }`;
  const { data, errors } = await ask(server, query);
  expect(errors).toBeUndefined();
  expect(data.updateRecommendationSettings).toMatchObject({ __typename: "InvalidInput", field });
  expect(await settingsOf(server)).toEqual(before);
});

test("an infinite number in the variables is refused too, and so is a reason that cannot be kept", async () => {
  const { server } = await openReplica(database);
  const { version } = await settingsOf(server);
  const variables = `{"input":{"changes":[{"name":"weight.basket","value":1e999}],"expectedVersion":${version}}}`;
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" };
  const payload = `{"query":${JSON.stringify(UPDATE)},"variables":${variables}}`;
  const { data } = (await server.inject({ method: "POST", url: "/graphql", payload, headers })).json();
  expect(data.updateRecommendationSettings.message).toMatch(/found Infinity/);
  for (const reason of ["x".repeat(1001), "a\0b", "\ud800"]) {
    const input = { changes: [{ name: "weight.basket", value: 1 }], expectedVersion: version, reason };
    const answer = await ask(server, UPDATE, { input });
    expect(answer.data.updateRecommendationSettings).toMatchObject({ __typename: "InvalidInput", field: "reason" });
  }
});

test("a rollback to a version that never was is refused", async () => {
  const { server } = await openReplica(database);
  for (const version of [-1, 4711, 2147483647]) {
    expect(await rollback(server, version)).toMatchObject({ __typename: "InvalidInput", field: "version" });
  }
});

test("null brings a default back, and a rollback to 0 all of them", async () => {
  const { server } = await openReplica(database);
  await update(server, [
    { name: "weight.content", value: 5 },
    { name: "exclude.seen", value: true },
  ]);
  await update(server, [{ name: "weight.content", value: null }]);
  expect(weightOfContent(await settingsOf(server))).toBe(1);
  await rollback(server, 0);
  const { rows } = await database.pool.query("SELECT parameter_name FROM settings");
  expect(rows).toEqual([]);
});

test("the history is read newest first, page by page", async () => {
  const { server } = await openReplica(database);
  const { version } = await settingsOf(server);
  const page = async (after: number | null) =>
    (await ask(server, HISTORY, { first: 2, after })).data.recommendationSettingsHistory;
  const [first, second] = await page(null);
  expect([first.version, second.version]).toEqual([version, version - 1]);
  expect((await page(version - 1)).map((entry: { version: number }) => entry.version)).toEqual([
    version - 2,
    version - 3,
  ]);
  const { errors } = await ask(server, HISTORY, { first: 101 });
  expect(errors[0].extensions.code).toBe("BAD_USER_INPUT");
});

test("nobody but an administrator reads or changes settings", async () => {
  const { server } = await openReplica(database);
  const { version } = await settingsOf(server);
  const input = { changes: [{ name: "weight.content", value: 9 }], expectedVersion: version };
  const attempts: [string, object][] = [
    [UPDATE, { input }],
    [ROLLBACK, { version: 0 }],
    [HISTORY, {}],
    ["{ recommendationSettings { version } }", {}],
    ["{ recommendationCommands { id } }", {}],
  ];
  for (const [query, variables] of attempts) {
    const { errors } = await ask(server, query, variables, "not the token");
    expect(errors.map((error: { extensions: { code: string } }) => error.extensions.code)).toEqual(["FORBIDDEN"]);
  }
  expect((await settingsOf(server)).version).toBe(version);
});

test("a row edited by hand to nonsense is refused: the last good value stands, on replicas that start as well", async () => {
  const { server, state, problems, settings } = await openReplica(database);
  await update(server, [{ name: "weight.content", value: 4 }]);
  await state.refresh();
  await database.pool.query(`UPDATE settings SET value = '"lots"' WHERE parameter_name = 'weight.content'`);
  await state.refresh();
  await state.refresh();
  expect(state.settings?.["weight.content"]).toBe(4);
  expect(problems).toEqual([expect.stringMatching(/weight.content requires a finite number, found "lots"/)]);
  expect(settings.nRefused()).toBe(1);
  const late = await openReplica(database);
  expect(late.state.settings?.["weight.content"]).toBe(4);
  expect(weightOfContent(await settingsOf(late.server))).toBe(4);

  await update(late.server, [{ name: "weight.content", value: 1 }]);
  await state.refresh();
  expect([state.settings?.["weight.content"], settings.nRefused()]).toEqual([1, 0]);
});

test("the answers of a changed weight differ", async () => {
  const { server, state } = await openReplica(database);
  const before = await listsFor(server, ["s0"], 5);
  const names = (await settingsOf(server)).settings.map(({ name }: { name: string }) => name);
  const weights = names.filter((name: string) => name.startsWith("weight.") && name !== "weight.trending");
  await update(
    server,
    weights.map((name: string) => ({ name, value: 0 })),
  );
  await state.refresh();
  expect(await listsFor(server, ["s0"], 5)).not.toEqual(before);
  await rollback(server, 0);
});
