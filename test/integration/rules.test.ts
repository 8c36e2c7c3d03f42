import { expect, test, vi } from "vitest";
import { MAX_RULES } from "../../src/domain/merchandisingRule.js";
import type { GraphServer } from "../../src/graph/server.js";
import { PATIENCE } from "../tools/patience.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { ADMIN_TOKEN, fillTwoCircles, openReplica, train } from "./shop.js";

const database = await createTestDatabase();
await fillTwoCircles(database);
await train(database);

const PUT = `mutation ($input: RecommendationRuleInput!, $dryRun: Boolean) { putRecommendationRule(input: $input, dryRun: $dryRun) {
  __typename ... on PutRecommendationRuleSuccess { matchingProducts rule { id name action factor placements isInForce } }
  ... on InvalidInput { field message } } }`;
const DELETE = `mutation ($id: ID!) { deleteRecommendationRule(id: $id, reason: "over") {
  __typename ... on DeleteRecommendationRuleSuccess { id } ... on InvalidInput { field } } }`;
const LIST = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { recommendations(first: 3) {
  edges { node { id } reason movedFrom movedBy } } } } }`;

async function ask(server: GraphServer, query: string, variables: object = {}, token: string | null = ADMIN_TOKEN) {
  const headers = { "content-type": "application/json", ...(token !== null && { authorization: `Bearer ${token}` }) };
  const answer = await server.inject({ method: "POST", url: "/graphql", payload: { query, variables }, headers });
  return answer.json();
}

async function put(server: GraphServer, input: object, dryRun = false) {
  return (await ask(server, PUT, { input, dryRun })).data.putRecommendationRule;
}

async function rulesOf(server: GraphServer) {
  return (await ask(server, "{ recommendationRules { id name action isInForce } }")).data.recommendationRules;
}

async function edgesFor(server: GraphServer, userId: string) {
  const { data } = await ask(server, LIST, { r: [{ __typename: "User", id: userId }] });
  return data._entities[0].recommendations.edges;
}

const PIN = { id: "spring", name: "spring in the garden", action: "PIN", position: 1 };

test("a dry run says how many products a rule is about and changes nothing", async () => {
  const { server, state } = await openReplica(database);
  const before = await edgesFor(server, "s0");
  const rule = { id: "tea", name: "no tea", action: "EXCLUDE", categories: ["tea"], placements: ["USER", "BUY_AGAIN"] };
  expect(await put(server, rule, true)).toEqual({
    __typename: "PutRecommendationRuleSuccess",
    matchingProducts: 5,
    rule: {
      id: "tea",
      name: "no tea",
      action: "EXCLUDE",
      factor: null,
      placements: ["USER", "BUY_AGAIN"],
      isInForce: true,
    },
  });
  await state.refresh();
  expect(await rulesOf(server)).toEqual([]);
  expect(await edgesFor(server, "s0")).toEqual(before);
});

test("a dry run refuses what the real one refuses, the reason and the number of rules included", async () => {
  const { server } = await openReplica(database);
  const rule = { ...PIN, productIds: ["hose"] };
  expect(await put(server, { ...rule, reason: "x".repeat(1001) }, true)).toMatchObject({ field: "reason" });
  await database.pool.query(
    `INSERT INTO merchandising_rules (rule_id, rule)
     SELECT 'r' || i, '{"name": "r", "action": "exclude", "productIds": ["gone"]}' FROM generate_series(1, $1) AS i`,
    [MAX_RULES],
  );
  const refused = { __typename: "InvalidInput", field: "id", message: expect.stringContaining("at most 200") };
  expect([await put(server, rule, true), await put(server, rule)]).toEqual([refused, refused]);
  expect(await put(server, { ...rule, id: "r7" }, true)).toMatchObject({ rule: { id: "r7" } });
  expect((await rulesOf(server)).find(({ id }: { id: string }) => id === "r7")).toMatchObject({ action: "EXCLUDE" });
  const { rows } = await database.pool.query("SELECT count(*)::int AS n FROM admin_commands WHERE status = 'accepted'");
  expect(rows).toEqual([{ n: 0 }]);
  await database.pool.query("DELETE FROM merchandising_rules");
});

test("a rule acts on every replica by itself, shows on the edge, and is gone when it is deleted", async () => {
  const [one, other] = [await openReplica(database), await openReplica(database)];
  one.state.start();
  other.state.start();
  const before = await edgesFor(other.server, "s0");
  const pinned = { ...PIN, productIds: ["hose"], reason: "the season" };
  expect(await put(one.server, pinned)).toMatchObject({
    __typename: "PutRecommendationRuleSuccess",
    matchingProducts: 1,
  });
  await vi.waitFor(() => expect(other.state.current().rules.merchandising).toHaveLength(1), PATIENCE);
  const edges = await edgesFor(other.server, "s0");
  expect(edges[0]).toMatchObject({ node: { id: "hose" }, reason: "PINNED", movedBy: PIN.name });
  expect(edges[1]).toMatchObject({ node: before[0].node, movedFrom: 1, movedBy: PIN.name });
  expect(await rulesOf(one.server)).toEqual([{ id: "spring", name: PIN.name, action: "PIN", isInForce: true }]);
  expect((await ask(one.server, DELETE, { id: "spring" })).data.deleteRecommendationRule).toMatchObject({
    id: "spring",
  });
  await vi.waitFor(() => expect(other.state.current().rules.merchandising).toEqual([]), PATIENCE);
  expect(await edgesFor(other.server, "s0")).toEqual(before);
  const { data } = await ask(one.server, "{ recommendationCommands(first: 2) { type status body outcome } }");
  expect(data.recommendationCommands).toMatchObject([
    { type: "delete_rule", status: "ACCEPTED", outcome: '{"ruleId":"spring"}' },
    { type: "put_rule", status: "ACCEPTED", body: expect.stringContaining('"reason":"the season"') },
  ]);
  await Promise.all([one.state.stop(), other.state.stop()]);
});

test("a rule about a deleted product changes no list, and acts again when the product is back", async () => {
  const { server, state } = await openReplica(database);
  const before = await edgesFor(server, "s0");
  await put(server, { ...PIN, productIds: ["hose"] });
  const setDeleted = "UPDATE products SET is_deleted = $2, changed_xid = DEFAULT WHERE product_id = $1";
  await database.pool.query(setDeleted, ["hose", true]);
  await state.refresh();
  expect(await edgesFor(server, "s0")).toEqual(before);
  expect(await put(server, { ...PIN, productIds: ["hose"] })).toMatchObject({ matchingProducts: 0 });
  await database.pool.query(setDeleted, ["hose", false]);
  await state.refresh();
  expect((await edgesFor(server, "s0"))[0].node.id).toBe("hose");
  await ask(server, DELETE, { id: PIN.id });
});

test("a rule that cannot be is refused with the field at fault, by both doors, and so is the deletion of none", async () => {
  const { server, desk } = await openReplica(database);
  const boost = { id: "b", name: "b", action: "BOOST", tags: ["x"] };
  expect(await put(server, boost)).toMatchObject({ __typename: "InvalidInput", field: "factor" });
  expect(await put(server, { ...boost, id: "" }, true)).toMatchObject({ __typename: "InvalidInput", field: "id" });
  expect(await put(server, { ...boost, factor: 2, reason: "x".repeat(1001) })).toMatchObject({ field: "reason" });
  expect((await ask(server, DELETE, { id: "none" })).data.deleteRecommendationRule).toMatchObject({ field: "id" });
  const command = { door: "kafka", issuedBy: "eve", issuedAtMs: null, isVerified: false } as const;
  const body = { rule_id: "k", name: "k", action: "exclude", product_id: ["typo"] };
  const typo = await desk.submit({ ...command, commandId: "k-1", type: "put_rule", body });
  expect(typo).toMatchObject({ status: "refused", outcome: { field: "productId" } });
  const whole = { rule_id: "k", name: "k", action: "exclude", product_ids: ["gone"], max_stock: 2 };
  expect(await desk.submit({ ...command, commandId: "k-2", type: "put_rule", body: whole })).toMatchObject({
    status: "accepted",
  });
  expect(await rulesOf(server)).toMatchObject([{ id: "k", action: "EXCLUDE" }]);
  await ask(server, DELETE, { id: "k" });
});

test("a row edited by hand to nonsense is told once and passed over, the others act", async () => {
  const { server, state, problems } = await openReplica(database);
  await put(server, { ...PIN, productIds: ["hose"] });
  await database.pool.query(
    `INSERT INTO merchandising_rules (rule_id, rule) VALUES ('bad', '"nonsense"'), ('null', 'null')`,
  );
  await state.refresh();
  await state.refresh();
  expect(problems).toHaveLength(2);
  expect(problems[0]).toContain("rule bad");
  expect(state.current().rules.merchandising.map(({ rule }) => rule.ruleId)).toEqual([PIN.id]);
  await database.pool.query("DELETE FROM merchandising_rules");
});

test("without the admin scope rules are neither read nor changed, and no edge names one", async () => {
  const { server, state } = await openReplica(database);
  await put(server, { ...PIN, productIds: ["hose"] });
  await state.refresh();
  const input = { ...PIN, productIds: ["hose"] };
  for (const [query, variables] of [
    ["{ recommendationRules { id } }", {}],
    [PUT, { input, dryRun: true }],
    [DELETE, { id: PIN.id }],
    ["{ trendingProducts(first: 1) { edges { movedBy } } }", {}],
  ] as const) {
    expect((await ask(server, query, variables, null)).errors[0].extensions.code).toBe("FORBIDDEN");
  }
  expect(await rulesOf(server)).toHaveLength(1);
});
