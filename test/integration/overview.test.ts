import { describe, expect, it } from "vitest";
import { latencyQuantile } from "../../src/domain/overview.js";
import { createImportRuns } from "../../src/store/importRuns.js";
import { createInteractionWriter } from "../../src/store/interactionWriter.js";
import { interaction } from "../store/interactions.js";
import { createTestDatabase } from "../tools/testDatabase.js";
import { fillTwoCircles, listsFor, openReplica } from "./shop.js";
import { askAs } from "./steer.js";

const database = await createTestDatabase();
const imports = createImportRuns(database);
const importRun = await imports.start("a folder");
await fillTwoCircles(database);
await imports.finish(importRun, {});

const OVERVIEW = `query ($minutes: Int) { recommendationOverview(minutes: $minutes) {
  arrivals { minute action events } lists { source lists } latency { batches p50Ms p95Ms buckets { upToMs batches } } } }`;
const PRODUCTS = `query ($ids: [ID!], $search: String, $first: Int) {
  recommendationProducts(ids: $ids, search: $search, first: $first) { id name isSold } }`;

async function overviewOf(server: Parameters<typeof askAs>[0]) {
  return (await askAs(server, OVERVIEW)).data.recommendationOverview;
}

describe("the overview", () => {
  it("counts events by minute and action as they come in, imports left aside", async () => {
    const { server } = await openReplica(database);
    expect((await overviewOf(server)).arrivals).toEqual([]);
    const deeds = [
      interaction(),
      interaction({ productId: "rake", actionName: "view" }),
      interaction({ actionName: "hum" }),
    ];
    await createInteractionWriter(database).write(deeds);
    const { arrivals } = await overviewOf(server);
    expect(arrivals.map(({ action, events }: { action: string; events: number }) => [action, events])).toEqual(
      expect.arrayContaining([
        ["purchase", 1],
        ["view", 1],
        ["other", 1],
      ]),
    );
    for (const { minute } of arrivals) expect(minute).toMatch(/:00\.000Z$/);
  });

  it("says which knowledge answered, and how long it took", async () => {
    const { server } = await openReplica(database);
    const nothing = await overviewOf(server);
    expect(nothing.latency).toMatchObject({ batches: 0, p50Ms: null, p95Ms: null });
    await listsFor(server, ["s0", "s1"]);
    const { lists, latency } = await overviewOf(server);
    expect(lists.reduce((sum: number, one: { lists: number }) => sum + one.lists, 0)).toBe(2);
    expect(latency.batches).toBe(1);
    expect(latency.p50Ms).toBeGreaterThan(0);
    expect(latency.buckets.at(-1).upToMs).toBeNull();
    expect(latency.buckets.reduce((sum: number, one: { batches: number }) => sum + one.batches, 0)).toBe(1);
  });

  it.each([0, -1, 1441])("refuses %d minutes", async (minutes) => {
    const { server } = await openReplica(database);
    const { errors } = await askAs(server, OVERVIEW, { minutes });
    expect(errors[0].message).toBe(`Cannot read the overview: minutes from 1 to 1440 is required, found ${minutes}`);
  });
});

describe("a quantile of buckets", () => {
  const buckets = [
    { upTo: 1, nBatches: 2 },
    { upTo: 2, nBatches: 2 },
    { upTo: Infinity, nBatches: 0 },
  ];

  it("spreads a bucket evenly, and is none where nothing was counted", () => {
    expect(latencyQuantile({ nBatches: 4, buckets }, 0.25)).toBe(0.5);
    expect(latencyQuantile({ nBatches: 4, buckets }, 0.75)).toBe(1.5);
    expect(latencyQuantile({ nBatches: 0, buckets: [] }, 0.5)).toBeNull();
  });

  it("is the beginning of the last bucket, which has no end", () => {
    expect(
      latencyQuantile(
        {
          nBatches: 1,
          buckets: [
            { upTo: 1, nBatches: 0 },
            { upTo: Infinity, nBatches: 1 },
          ],
        },
        0.5,
      ),
    ).toBe(1);
  });
});

describe("products for people", () => {
  const search = async (variables: object) => {
    const { server } = await openReplica(database);
    return askAs(server, PRODUCTS, variables);
  };

  it("are found by every word of the name, in any case, and by id before all others", async () => {
    expect((await search({ search: "  the TEA " })).data.recommendationProducts).toEqual([
      { id: "teacup", name: "The teacup", isSold: true },
      { id: "teapot", name: "The teapot", isSold: true },
    ]);
    const { data } = await search({ search: "rake", first: 1 });
    expect(data.recommendationProducts).toEqual([{ id: "rake", name: "The rake", isSold: true }]);
  });

  it("are not found by signs that mean something to the database", async () => {
    for (const sign of ["%", "_", "\\", "'"]) {
      expect((await search({ search: sign })).data.recommendationProducts).toEqual([]);
    }
  });

  it("have names for the ids that are known", async () => {
    const { data } = await search({ ids: ["hose", "unheard of"] });
    expect(data.recommendationProducts).toEqual([{ id: "hose", name: "The hose", isSold: true }]);
  });

  it.each([
    [{}, "Cannot look up products: ids or search is required, found neither"],
    [{ search: "x".repeat(201) }, "Cannot look up products: a search of at most 200 characters is required"],
    [{ search: "\0" }, "Cannot look up products: a search of at most 200 characters is required"],
    [{ search: "x", first: 101 }, "Cannot look up products: first from 1 to 100 is required, found 101"],
    [{ ids: Array(501).fill("a") }, "Cannot look up products: at most 500 ids are required, found 501"],
  ])("refuse what is asked too much or not at all", async (variables, message) => {
    expect((await search(variables)).errors[0].message).toBe(message);
  });

  it("have shoppers beside them to look at, the same ones again", async () => {
    const { server } = await openReplica(database);
    const shoppers = async () => (await askAs(server, "{ recommendationShoppers(first: 3) { id } }")).data;
    const first = await shoppers();
    expect(first.recommendationShoppers).toHaveLength(3);
    expect(await shoppers()).toEqual(first);
  });
});
