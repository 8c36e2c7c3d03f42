import { expect, test, vi } from "vitest";
import { createStreamWriter } from "../../src/store/streamWriter.js";
import { startCommand } from "../tools/command.js";
import { PATIENCE } from "../tools/patience.js";
import { describeWithRedis, startRedis } from "../tools/redisServer.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { fillTwoCircles, train } from "./shop.js";

const database = await createTestDatabase();
await fillTwoCircles(database);
await train(database);

/** The public lists about a product, as a storefront asks for them. */
async function publicLists(address: string): Promise<string[]> {
  const query = `query ($r: [_Any!]!) {
    _entities(representations: $r) { ... on Product {
      similarProducts(first: 20) { nodes { id } } recommendations(first: 20) { nodes { id } } } }
    trendingProducts(first: 20) { nodes { id } } }`;
  const answer = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables: { r: [{ __typename: "Product", id: "saucer" }] } }),
  });
  const { data } = (await answer.json()) as { data: unknown };
  return [...JSON.stringify(data).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
}

describeWithRedis("with Redis", () => {
  test("a product that a message hides is gone from lists that were kept before, on every replica", async () => {
    const redis = await startRedis();
    const environment = { DATABASE_URL: database.url, REDIS_URL: redis.url, TRAINING_IN_SERVE: "no" };
    const replicas = [startCommand(["serve"], environment), startCommand(["serve"], environment)];
    const addresses = await Promise.all(
      replicas.map(async (replica) => /http:\/\/[^/]+/.exec(await replica.line(/^Open http/))?.[0] ?? ""),
    );
    await vi.waitFor(async () => {
      for (const address of addresses) expect(await publicLists(address)).toContain("teapot");
      expect(await redis.client.dbsize()).toBeGreaterThan(0);
    }, PATIENCE);

    // What was kept does not end by itself: only its replacement can take the product away.
    for (const key of await redis.client.keys("*")) await redis.client.persist(key);

    const update = {
      change: { productId: "teapot", isAvailable: false },
      isDeleted: false,
      version: 1,
      sentAtMs: null,
    };
    const nothingElse = { position: null, interactions: [], commands: [], deadLetters: [] };
    await createStreamWriter(database).write({ ...nothingElse, updates: [update] });
    const isGone = async () => {
      for (const address of addresses) expect(await publicLists(address)).not.toContain("teapot");
    };
    await vi.waitFor(isGone, PATIENCE);
    // What is kept now is of the new state.
    await isGone();
  }, 90_000);
});
