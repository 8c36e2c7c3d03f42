import { expect, test } from "vitest";
import { createShopperAdministration } from "../../src/admin/shoppers.js";
import type { ListRequest } from "../../src/domain/recommendation.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { createShopperStore } from "../../src/store/shopperStore.js";
import { createTrainingSource } from "../../src/store/trainingSource.js";
import { interaction } from "../store/interactions.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { userRequest } from "../worlds/shop.js";
import { fillTwoCircles, openReplica, train } from "./shop.js";

const database = await createTestDatabase();
const shoppers = createShopperAdministration({ store: createShopperStore(database), forgetFiles: async () => {} });
await fillTwoCircles(database);
await train(database);

/** Two replicas, and the sources of their lists for one request. */
async function twoReplicas() {
  const engines = [(await openReplica(database)).engine, (await openReplica(database)).engine];
  const sources = (request: ListRequest) =>
    Promise.all(engines.map(async (engine) => (await engine.recommend([request]))[0].source));
  return { engine: engines[0], sources };
}

test("whoever opts out gets lists of nobody in particular at once on every replica, and personal ones again after", async () => {
  const { engine, sources } = await twoReplicas();
  expect(await sources(userRequest("s0"))).toEqual(["PERSONALIZED", "PERSONALIZED"]);
  expect(await shoppers.setPersonalization("s0", false)).toEqual({ kind: "set", isAllowed: false });
  expect(await sources(userRequest("s0"))).toEqual(["FALLBACK_TRENDING", "FALLBACK_TRENDING"]);
  const [opted, stranger] = await engine.recommend([userRequest("s0"), userRequest("nobody")]);
  expect(opted.products).toEqual(stranger.products);
  const [due] = await engine.recommend([userRequest("s0", { placement: "buyAgain" })]);
  expect(due).toMatchObject({ products: [], source: "FALLBACK_CATALOG" });
  await shoppers.setPersonalization("s0", true);
  expect(await sources(userRequest("s0"))).toEqual(["PERSONALIZED", "PERSONALIZED"]);
});

test("an opted-out shopper's visit is not used either, what the page itself shows is", async () => {
  const { sources } = await twoReplicas();
  const visit = { userId: null, sessionId: "visit 9", productId: "rake" };
  await createInteractionWriter(database).write([interaction(visit)]);
  await shoppers.setPersonalization("s2", false);
  const context = { sessionId: "visit 9", viewedProductIds: [], cartProductIds: [] };
  expect(await sources(userRequest("s2", { context }))).toEqual(["FALLBACK_TRENDING", "FALLBACK_TRENDING"]);
  const page = { viewedProductIds: ["rake"], cartProductIds: [] };
  expect(await sources(userRequest("s2", { context: page }))).toEqual(["SESSION", "SESSION"]);
});

test("a visit without a shopper gets lists of its own", async () => {
  const { sources } = await twoReplicas();
  await createInteractionWriter(database).write([
    interaction({ userId: null, sessionId: "visit 10", productId: "teacup" }),
  ]);
  const context = { sessionId: "visit 10", viewedProductIds: [], cartProductIds: [] };
  const request = { ...userRequest("nobody", { placement: "session", context }), subjectId: null };
  expect(await sources(request)).toEqual(["SESSION", "SESSION"]);
});

test("a training leaves opted-out shoppers out, unless the setting lets them in", async () => {
  await shoppers.setPersonalization("s4", false);
  const source = createTrainingSource(database);
  const shoppersRead = async (asked?: { withOptedOut: boolean }) => {
    const read = new Set<string>();
    for await (const page of source.readInteractions(asked)) for (const shopper of page.shopper) read.add(shopper);
    return read;
  };
  expect(await shoppersRead()).not.toContain("s4");
  expect(await shoppersRead()).toContain("s6");
  expect(await shoppersRead({ withOptedOut: true })).toContain("s4");
  const without = await train(database);
  await database.pool.query("INSERT INTO settings (parameter_name, value) VALUES ('privacy.trainOnOptedOut', 'true')");
  const withThem = await train(database);
  expect(withThem.facts.nShoppers).toBe(without.facts.nShoppers + 2);
});
