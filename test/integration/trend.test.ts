import { expect, test } from "vitest";
import { createBulkWriter } from "../../src/store/bulkWriter.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { catalogueProduct, interaction } from "../store/interactions.js";
import { PATIENCE } from "../tools/patience.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { fillTwoCircles, openReplica, train } from "./shop.js";

const database = await createTestDatabase();
await fillTwoCircles(database);
await train(database);
/** A day after the last thing that the two circles did. */
const TODAY_MS = Date.UTC(2026, 1, 18);

type Replica = Awaited<ReturnType<typeof openReplica>>;

async function trending({ server }: Replica, more = ""): Promise<string[]> {
  const query = `{ trendingProducts(first: 10 ${more}) { nodes { id } } }`;
  const answer = await server.inject({ method: "POST", url: "/graphql", payload: { query } });
  return answer.json().data.trendingProducts.nodes.map(({ id }: { id: string }) => id);
}

async function burst(productId: string, nShoppers: number): Promise<void> {
  const bought = Array.from({ length: nShoppers }, (_, i) =>
    interaction({ userId: `passer-by ${i}`, productId, occurredAtMs: TODAY_MS + i }),
  );
  await createInteractionWriter(database).write(bought);
}

test("with nothing new a replica answers as the training alone would, from the very same scores", async () => {
  const { state } = await openReplica(database);
  const { served } = state.current();
  await state.refreshTrend();
  expect(state.current().served).toBe(served);
  expect(served.signals).toContain(served.trend?.prior);
});

test("what many shoppers have bought since trends without a training, on its shelf too, and no more when it is hidden", async () => {
  const replica = await openReplica(database);
  const before = await trending(replica);
  const quiet = before[before.length - 1];
  await burst(quiet, 60);
  await replica.state.refreshTrend();
  expect((await trending(replica))[0]).toBe(quiet);
  const { catalogue } = replica.state.current().served;
  const shelf = catalogue.categoryText(catalogue.indexOf(quiet));
  expect((await trending(replica, `, category: "${shelf}"`))[0]).toBe(quiet);

  const show = `changed_xid = pg_current_xact_id()::text::bigint WHERE product_id = '${quiet}'`;
  await database.pool.query(`UPDATE products SET is_available = false, ${show}`);
  await replica.state.refresh();
  await replica.state.refreshTrend();
  expect(await trending(replica)).not.toContain(quiet);
  await database.pool.query(`UPDATE products SET is_available = true, ${show}`);
});

test("a product that came after the training trends once the crowd buys it, and is in a stranger's list", async () => {
  await createBulkWriter(database).writeProducts([catalogueProduct("samovar")]);
  await burst("samovar", 200);
  const replica = await openReplica(database);
  expect((await trending(replica))[0]).toBe("samovar");
  const answer = await replica.server.inject("/recommend/a-stranger?n=3");
  expect(answer.json().recommendations[0][0]).toBe("samovar");
});

test("one shopper who buys the same again and again does not make it trend", async () => {
  const replica = await openReplica(database);
  const before = await trending(replica);
  const bought = Array.from({ length: 500 }, (_, i) =>
    interaction({ userId: "bulk buyer", productId: "rake", occurredAtMs: TODAY_MS + i, orderId: `o${i}` }),
  );
  await createInteractionWriter(database).write(bought);
  await replica.state.refreshTrend();
  expect((await trending(replica))[0]).toBe(before[0]);
});

test("a new training takes the crowd in, and what it has seen no longer counts as fresh", async () => {
  const replica = await openReplica(database);
  await train(database);
  await replica.state.refresh();
  await replica.state.refreshTrend();
  const { served } = replica.state.current();
  expect(served.signals).toContain(served.trend?.prior);
  expect((await trending(replica))[0]).toBe("samovar");
});

test("what an action says from now on, the trend of what came since the training says as soon", async () => {
  const replica = await openReplica(database);
  const calm = (await trending(replica)).at(-1) as string;
  await burst(calm, 900);
  await replica.state.refreshTrend();
  expect((await trending(replica))[0]).toBe(calm);
  await database.pool.query("INSERT INTO settings (parameter_name, value) VALUES ('action.purchase', '0')");
  await replica.state.refresh();
  await expect.poll(async () => (await trending(replica))[0], PATIENCE).not.toBe(calm);
});
