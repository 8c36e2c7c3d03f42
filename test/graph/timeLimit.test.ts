import { describe, expect, it } from "vitest";
import type { ListRequest } from "../../src/domain/recommendation.js";
import { cannedEngine } from "./cannedEngine.js";
import { entitiesQuery, products } from "./entities.js";
import { collectingIntake, openGraph } from "./openGraph.js";

const SOON = { "limits.requestSeconds": 0.1 };
const never = () => new Promise<never>(() => {});
const stuck = { recommend: never };
const LATE = { message: "Cannot answer in time: the request has taken the 0.1 s it may take" };

const EVENT = { user_id: "u", product_id: "x", action_type: "view", timestamp: "2026-01-01T00:00:00Z" };
const RECORD = `mutation { recordInteractions(events: [{ sessionId: "s", productId: "x", action: VIEW, timestamp: "2026-01-01T00:00:00Z" }]) { accepted } }`;

describe("a request whose time is over", () => {
  it("gets its page with an error in place of the lists, and the log one line", async () => {
    const graph = await openGraph({ engine: stuck, settings: SOON });
    const query = entitiesQuery("similarProducts { nodes { id } }");
    const { status, data, errors, cacheControl } = await graph.query(query, { representations: products("x", "y") });
    expect([status, cacheControl]).toEqual([200, "no-store"]);
    expect(data._entities).toEqual(["x", "y"].map((id) => ({ __typename: "Product", id, similarProducts: null })));
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(Array(2).fill("RECOMMENDATIONS_UNAVAILABLE"));
    const lines = graph.logged.filter(({ level }) => level === "error");
    expect(lines).toMatchObject([{ facts: { err: LATE } }]);
  });

  it("keeps the lists that were ready, and computes no list of a list any more", async () => {
    const canned = cannedEngine();
    let nCalls = 0;
    const engine = {
      recommend: (requests: readonly ListRequest[]) => (nCalls++ === 0 ? canned.recommend(requests) : never()),
    };
    const graph = await openGraph({ engine, settings: SOON });
    const nested =
      "{ trendingProducts(first: 1) { nodes { id similarProducts { nodes { similarProducts { listId } } } } } }";
    const { data, errors } = await graph.query(nested);
    expect(data.trendingProducts.nodes).toEqual([{ id: "p0", similarProducts: null }]);
    expect([nCalls, errors?.length]).toEqual([2, 1]);
  });

  it("is a 503 on the plain list and on events, which can be sent again", async () => {
    const intake = { ...collectingIntake(), record: never, recordBody: never };
    const graph = await openGraph({ engine: stuck, intake, settings: SOON });
    const list = await graph.server.inject("/recommend/u");
    expect([list.statusCode, list.json().error.code]).toEqual([503, "RECOMMENDATIONS_UNAVAILABLE"]);
    const taken = await graph.server.inject({ method: "POST", url: "/interactions", payload: [EVENT] });
    expect([taken.statusCode, taken.json().error.code]).toEqual([503, "INTERACTIONS_UNAVAILABLE"]);
    const { errors } = await graph.query(RECORD);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["INTERACTIONS_UNAVAILABLE"]);
  });

  it("does not hold up the next one", async () => {
    const canned = cannedEngine();
    let isStuck = true;
    const engine = {
      recommend: (requests: readonly ListRequest[]) => (isStuck ? never() : canned.recommend(requests)),
    };
    const graph = await openGraph({ engine, settings: SOON });
    expect((await graph.query("{ trendingProducts { listId } }")).data.trendingProducts).toBeNull();
    isStuck = false;
    expect((await graph.query("{ trendingProducts { listId } }")).errors).toBeUndefined();
  });
});
