import { expect, test } from "vitest";
import { createTestDatabase } from "../tools/testDatabase.js";
import { fillTwoCircles, idsOf, listsFor, openReplica, train } from "./shop.js";
import { askAs } from "./steer.js";

const database = await createTestDatabase();
await fillTwoCircles(database);
await train(database);

const PREVIEW = `query ($changes: [RecommendationSettingChangeInput!]!, $userIds: [ID!], $productIds: [ID!], $sample: Int, $first: Int) {
  previewRecommendationSettings(changes: $changes, userIds: $userIds, productIds: $productIds, sample: $sample, first: $first) { __typename
    ... on InvalidInput { field message }
    ... on RecommendationSettingsPreview {
      modelVersion
      lists { user { id } product { id } sourceBefore sourceAfter before { node { id } rank otherRank score reason } after { node { id } rank otherRank } }
      quality { lists before { ndcg recall hitRate } after { ndcg recall hitRate } } } } }`;

const ALL_OFF = [
  "collaborative",
  "regression",
  "sequence",
  "sequenceShort",
  "basket",
  "content",
  "session",
  "neighbours",
  "latent",
].map((signal) => ({ name: `weight.${signal}`, value: 0 }));

async function openPreview() {
  const replica = await openReplica(database);
  const preview = async (variables: object) => {
    const { data, errors } = await askAs(replica.server, PREVIEW, variables);
    return { errors, ...data?.previewRecommendationSettings };
  };
  return { ...replica, preview };
}

interface Previewed {
  readonly node: { readonly id: string };
  readonly rank: number;
  readonly otherRank: number | null;
}

const ids = (products: readonly Previewed[]) => products.map(({ node }) => node.id);

test("the list before is the one that is served, the list after the one that will be, and looking changes nothing", async () => {
  const { preview, server, state } = await openPreview();
  const changes = [{ name: "exclude.purchased", value: false }];
  const { lists, modelVersion } = await preview({ changes, userIds: ["s0"], first: 5 });
  expect(modelVersion).toBe(state.modelVersion);
  const [{ before, after }] = lists;
  expect(ids(before)).toEqual(idsOf((await listsFor(server, ["s0"], 5))[0]));
  expect(ids(after)).not.toEqual(ids(before));
  expect((await database.pool.query("SELECT FROM settings UNION ALL SELECT FROM settings_versions")).rowCount).toBe(0);

  await database.pool.query("INSERT INTO settings (parameter_name, value) VALUES ('exclude.purchased', 'false')");
  await state.refresh();
  expect(ids(after)).toEqual(idsOf((await listsFor(server, ["s0"], 5))[0]));
  await database.pool.query("DELETE FROM settings");
});

test("every product says where it stands in the other list", async () => {
  const { preview } = await openPreview();
  const changes = [{ name: "exclude.purchased", value: false }];
  const { lists } = await preview({ changes, userIds: ["s0"], productIds: ["teapot"], first: 5 });
  for (const { before, after } of lists) {
    for (const [one, other] of [
      [before, after],
      [after, before],
    ]) {
      for (const { node, rank, otherRank } of one as Previewed[]) {
        const there = ids(other as Previewed[]).indexOf(node.id);
        expect([rank, otherRank]).toEqual([ids(one).indexOf(node.id) + 1, there < 0 ? null : there + 1]);
      }
    }
  }
  expect(lists.map(({ user, product }: { user: unknown; product: unknown }) => [user, product])).toEqual([
    [{ id: "s0" }, null],
    [null, { id: "teapot" }],
  ]);
});

test("the held-out lists of the model measure both sides", async () => {
  const { preview } = await openPreview();
  const { quality } = await preview({ changes: ALL_OFF });
  expect(quality.lists).toBeGreaterThan(5);
  for (const side of [quality.before, quality.after]) {
    for (const value of Object.values(side)) expect(value).toBeGreaterThanOrEqual(0);
    expect(side.hitRate).toBeLessThanOrEqual(1);
  }
  const same = await preview({ changes: [{ name: "weight.content", value: 1 }] });
  expect(same.quality.after).toEqual(same.quality.before);
});

test("a model without held-out lists previews lists and no quality", async () => {
  const { preview } = await openPreview();
  await database.pool.query("ALTER TABLE model_held_out RENAME TO kept; CREATE TABLE model_held_out (LIKE kept)");
  const { quality, lists } = await preview({ changes: ALL_OFF, userIds: ["s0"] });
  await database.pool.query("DROP TABLE model_held_out; ALTER TABLE kept RENAME TO model_held_out");
  expect([quality, lists.length]).toEqual([null, 1]);
});

test("an unknown shopper has the fallback list on both sides", async () => {
  const { preview } = await openPreview();
  const { lists } = await preview({ changes: ALL_OFF, userIds: ["nobody"] });
  expect(lists[0].sourceBefore).toMatch(/^FALLBACK/);
  expect(lists[0].before.length).toBeGreaterThan(0);
});

test("a sample draws so many shoppers, and the same ones again", async () => {
  const { preview } = await openPreview();
  const drawn = async () =>
    (await preview({ changes: ALL_OFF, sample: 7 })).lists.map(({ user }: { user: { id: string } }) => user.id);
  const shoppers = await drawn();
  expect(new Set(shoppers).size).toBe(7);
  expect(await drawn()).toEqual(shoppers);
});

test("changes that could not be made cannot be previewed", async () => {
  const { preview } = await openPreview();
  const refused = await preview({ changes: [{ name: "weight.content", value: -1 }], userIds: ["s0"] });
  expect(refused).toMatchObject({ __typename: "InvalidInput", field: "changes[0].value" });
  expect(await preview({ changes: [] })).toMatchObject({ __typename: "InvalidInput", field: "changes" });
});

test.each([
  [{ sample: 101 }, /sample from 0 to 100/],
  [{ first: 0 }, /first from 1 to 100/],
  [{ userIds: [""] }, /valid ids/],
  [{ productIds: Array.from({ length: 101 }, (_, i) => `p${i}`) }, /at most 100 productIds/],
])("%o asks for more than a preview holds", async (variables, message) => {
  const { preview } = await openPreview();
  const { errors } = await preview({ changes: ALL_OFF, ...variables });
  expect(errors[0]).toMatchObject({ message: expect.stringMatching(message), extensions: { code: "BAD_USER_INPUT" } });
});

test("only administrators preview", async () => {
  const { server } = await openPreview();
  const { errors } = await askAs(server, PREVIEW, { changes: ALL_OFF }, "somebody else");
  expect(errors[0].extensions.code).toBe("FORBIDDEN");
});
