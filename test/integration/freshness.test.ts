import { expect, onTestFinished, test, vi } from "vitest";
import type { ProductChange } from "../../src/domain/product.js";
import { MAX_STATE_AGE_MS } from "../../src/serving/liveState.js";
import { readinessOf } from "../../src/serving/readiness.js";
import { ChangeListener } from "../../src/store/changeListener.js";
import { inTransaction } from "../../src/store/database.js";
import { applyProductUpdates } from "../../src/store/productUpdateWriter.js";
import { PATIENCE } from "../tools/patience.js";
import { startTcpProxy } from "../tools/tcpProxy.js";
import { createTestDatabase, openTestDatabase } from "../tools/testDatabase.js";
import { fillTwoCircles, idsOf, listsFor, openReplica, train } from "./shop.js";

const database = await createTestDatabase();
await fillTwoCircles(database);
await train(database);

let version = 0;
const update = (productId: string, change: Omit<ProductChange, "productId"> = {}, isDeleted = false) => ({
  change: { productId, ...change },
  isDeleted,
  version: ++version,
  sentAtMs: null,
});

const apply = (...updates: ReturnType<typeof update>[]) =>
  inTransaction(database.pool, (client) => applyProductUpdates(client, updates));

/** A replica that runs by itself: it polls, and listens when asked to. */
async function runReplica({ url = database.url, listens = true } = {}) {
  const own = url === database.url ? database : await openTestDatabase(url);
  const replica = await openReplica(own);
  replica.state.start();
  onTestFinished(() => replica.state.stop());
  const listener = new ChangeListener({ url, onChange: replica.state.wake, onEvent: () => {} });
  onTestFinished(() => listener.stop());
  if (listens) await listener.start();
  return replica;
}

type Replica = Awaited<ReturnType<typeof runReplica>>;

/** Every list that the subgraph can answer about the circle of tea, by its name. */
async function everyPath({ server }: Replica): Promise<Record<string, string[]>> {
  const query = `query ($r: [_Any!]!) {
    products: _entities(representations: $r) {
      ... on Product {
        id similarProducts(first: 50) { nodes { id } }
        content: similarProducts(first: 50, strategy: CONTENT) { nodes { id } }
        behaviour: similarProducts(first: 50, strategy: BEHAVIOUR) { nodes { id } }
        frequentlyBoughtTogether(first: 50) { nodes { id } } recommendations(first: 50) { nodes { id } }
      }
      ... on User { id recommendations(first: 50) { nodes { id } } buyAgain(first: 50) { nodes { id } } }
    }
    cart: sessionRecommendations(context: { placement: "cart", cartProductIds: ["saucer"] }, first: 50) { nodes { id } }
    visit: sessionRecommendations(context: { viewedProductIds: ["saucer"] }, first: 50) { nodes { id } }
    stranger: sessionRecommendations(context: { sessionId: "nobody" }, first: 50) { nodes { id } }
    trendingProducts(first: 50) { nodes { id } }
    inTea: trendingProducts(first: 50, category: "Tea") { nodes { id } }
  }`;
  const representations = [
    { __typename: "Product", id: "saucer" },
    { __typename: "Product", id: "never heard of" },
    { __typename: "User", id: "s0" },
    { __typename: "User", id: "s2" },
    { __typename: "User", id: "never heard of" },
  ];
  const answer = await server.inject({
    method: "POST",
    url: "/graphql",
    payload: { query, variables: { r: representations } },
  });
  const { data, errors } = answer.json();
  expect(errors).toBeUndefined();
  const lists: Record<string, string[]> = {};
  const collect = (path: string, value: unknown) => {
    if (value === null || typeof value !== "object") return;
    if ("nodes" in value) lists[path] = (value.nodes as { id: string }[]).map(({ id }) => id);
    else for (const [name, inner] of Object.entries(value)) collect(`${path}/${name}`, inner);
  };
  collect("", data);
  const rest = await server.inject("/recommend/s2?n=50");
  lists.rest = rest.json().recommendations.map(([id]: [string]) => id);
  return lists;
}

test("a deleted product is gone from every list, fallbacks and HTTP included, and a late message does not bring it back", async () => {
  const replica = await runReplica();
  const before = await everyPath(replica);
  expect(Object.keys(before).length).toBeGreaterThan(15);
  const withTeapot = Object.keys(before).filter((path) => before[path].includes("teapot"));
  expect(withTeapot.length).toBeGreaterThan(10);

  const late = update("teapot", { name: "Teapot", isAvailable: true });
  await apply(update("teapot", {}, true));
  await vi.waitFor(async () => expect((await everyPath(replica)).rest).not.toContain("teapot"), PATIENCE);
  await apply(late);
  await replica.state.refresh();
  for (const [path, ids] of Object.entries(await everyPath(replica))) expect(ids, path).not.toContain("teapot");

  await apply(update("teapot", { isAvailable: true }));
  await vi.waitFor(async () => expect(await everyPath(replica)).toEqual(before), PATIENCE);
});

/** Products of like description, of several products in one request. */
async function alike({ server }: Replica, ids: readonly string[]): Promise<string[][]> {
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Product {
    similarProducts(first: 20, strategy: CONTENT) { nodes { id } } } } }`;
  const r = ids.map((id) => ({ __typename: "Product", id }));
  const answer = await server.inject({ method: "POST", url: "/graphql", payload: { query, variables: { r } } });
  const entities: { similarProducts: { nodes: { id: string }[] } }[] = answer.json().data._entities;
  return entities.map(({ similarProducts }) => similarProducts.nodes.map(({ id }) => id));
}

test("a product that a message has just named is recommended by its description, as a row and as a column", async () => {
  const replica = await runReplica();
  await apply(update("samovar", { name: "The samovar", category: "Tea", price: 4.5 }));
  await vi.waitFor(async () => {
    const [ofSaucer, ofSamovar] = await alike(replica, ["saucer", "samovar"]);
    expect(ofSaucer).toContain("samovar");
    expect(ofSamovar).toContain("saucer");
  }, PATIENCE);
  expect(idsOf((await listsFor(replica.server, ["s0"], 10))[0])).toContain("samovar");
  await apply(update("samovar", {}, true));
});

test("of two overlapping transactions that commit in reverse order both reach the lists", async () => {
  const replica = await runReplica();
  const listed = async () => idsOf((await listsFor(replica.server, ["s0"], 20))[0]);
  expect(await listed()).toEqual(expect.arrayContaining(["teapot", "spade"]));
  await inTransaction(database.pool, async (slow) => {
    await applyProductUpdates(slow, [update("spade", { isAvailable: false })]);
    await apply(update("teapot", { isAvailable: false }));
    await vi.waitFor(async () => expect(await listed()).not.toContain("teapot"), PATIENCE);
    expect(await listed()).toContain("spade");
  });
  await vi.waitFor(async () => expect(await listed()).not.toContain("spade"), PATIENCE);
  await apply(update("teapot", { isAvailable: null }), update("spade", { isAvailable: null }));
});

test("without its listening connection a replica still is told, and a killed one is opened again", async () => {
  const deaf = await runReplica({ listens: false });
  const listening = await runReplica();
  await database.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'recommender listener'",
  );
  await apply(update("teapot", { stock: 0 }));
  for (const { server } of [deaf, listening]) {
    await vi.waitFor(
      async () => expect(idsOf((await listsFor(server, ["s0"], 20))[0])).not.toContain("teapot"),
      PATIENCE,
    );
  }
  await apply(update("teapot", { stock: 1 }));
  for (const { server } of [deaf, listening]) {
    await vi.waitFor(async () => expect(idsOf((await listsFor(server, ["s0"], 20))[0])).toContain("teapot"), PATIENCE);
  }
});

test("50,000 products that change in one transaction reach a replica, which answers lists meanwhile", async () => {
  const replica = await runReplica();
  const many = Array.from({ length: 50_000 }, (_, i) =>
    update(`lamp ${i}`, { name: `Lamp ${i}`, category: `Lamps > ${i % 50}`, price: i, isAvailable: false }),
  );
  expect(await apply(...many)).toEqual({ applied: 50_000, stale: 0 });
  const { catalogue } = replica.state.current().served;
  let nAnswered = 0;
  await vi.waitFor(
    async () => {
      expect(idsOf((await listsFor(replica.server, ["s0"], 1))[0])).toEqual(["teapot"]);
      nAnswered++;
      expect(catalogue.storedProduct(catalogue.indexOf("lamp 49999"))).toMatchObject({ price: 49_999 });
    },
    { timeout: 30_000, interval: 5 },
  );
  expect(nAnswered).toBeGreaterThan(1);
  await vi.waitFor(() => expect(readinessOf(replica.state).ready).toBe(true), { timeout: 30_000 });
  await database.pool.query("DELETE FROM products WHERE product_id LIKE 'lamp %'");
});

test("a replica whose network is cut without a word stops confirming its state, serves what it has, and catches up", async () => {
  const proxy = await startTcpProxy(database.url);
  const replica = await runReplica({ url: proxy.url });
  await vi.waitFor(() => expect(readinessOf(replica.state).ready).toBe(true), PATIENCE);
  proxy.cut();
  await vi.waitFor(() => expect(readinessOf(replica.state)).toMatchObject({ ready: false }), PATIENCE);
  expect(replica.state.ageMs()).toBeGreaterThan(MAX_STATE_AGE_MS);
  const [list] = await listsFor(replica.server, ["s0"]);
  expect([list.source, list.edges.length]).toEqual(["FALLBACK_TRENDING", 3]);
  await apply(update("teapot", { isAvailable: false }));
  proxy.mend();
  await vi.waitFor(() => expect(readinessOf(replica.state).ready).toBe(true), { timeout: 30_000 });
  const { catalogue } = replica.state.current().served;
  expect(catalogue.isRecommendable(catalogue.indexOf("teapot"))).toBe(false);
  await apply(update("teapot", { isAvailable: null }));
});
