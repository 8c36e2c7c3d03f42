import { describe, expect, it } from "vitest";
import type { RecommendationEngine } from "../../src/domain/engine.js";
import type { ListRequest } from "../../src/domain/recommendation.js";
import { kitchen } from "../worlds/kitchen.js";
import { deed } from "../worlds/shop.js";
import { cannedEngine } from "./cannedEngine.js";
import { entitiesQuery, users, WHOLE_LIST } from "./entities.js";
import { openGraph } from "./openGraph.js";

/** An engine that remembers what it was asked. */
function listening(engine: RecommendationEngine = cannedEngine()) {
  const requests: ListRequest[] = [];
  const recommend: RecommendationEngine["recommend"] = (batch) => {
    requests.push(...batch);
    return engine.recommend(batch);
  };
  return { requests, recommend };
}

const ofVisit = (context: string, more = "") =>
  `{ sessionRecommendations(context: { ${context} }${more}) ${WHOLE_LIST} }`;

describe("Query.sessionRecommendations", () => {
  it("hands on what the visitor is doing and who the visit is", async () => {
    const engine = listening();
    const graph = await openGraph({ engine });
    const context = 'placement: "home", sessionId: "s", viewedProductIds: ["b", "a"], cartProductIds: ["c"]';
    const answer = await graph.query(ofVisit(context, ", first: 3, filter: { maxPrice: 9 }"));
    expect(answer.errors).toBeUndefined();
    expect(engine.requests).toMatchObject([
      {
        placement: "session",
        subjectId: null,
        first: 3,
        filter: { maxPrice: 9 },
        context: { sessionId: "s", viewedProductIds: ["b", "a"], cartProductIds: ["c"] },
      },
    ]);
    expect(answer.data.sessionRecommendations.edges).toHaveLength(3);
  });

  it("may be kept by nobody, whatever it stands beside", async () => {
    const graph = await openGraph();
    const query = '{ trendingProducts { listId } sessionRecommendations(context: { sessionId: "s" }) { listId } }';
    expect((await graph.query(query)).cacheControl).toBe("private, no-store");
  });

  it("brings ten products where nothing else is asked, and needs no sign-in", async () => {
    const graph = await openGraph({ env: { NODE_ENV: "production", ROUTER_SECRET: "the first router secret" } });
    const headers = { "router-authorization": "the first router secret" };
    const { data } = await graph.query(ofVisit(""), {}, headers);
    expect(data.sessionRecommendations.edges).toHaveLength(10);
  });

  it.each([
    [
      "sessionId",
      'sessionId: ""',
      "Cannot list products: a valid text is required in context.sessionId, found at 0 one that is empty",
    ],
    [
      "placement",
      'placement: ""',
      "Cannot list products: a valid text is required in context.placement, found at 0 one that is empty",
    ],
  ])("refuses a %s that makes no sense", async (_name, context, message) => {
    const { errors, data } = await (await openGraph()).query(ofVisit(context));
    expect(errors).toMatchObject([{ message, extensions: { code: "BAD_USER_INPUT" } }]);
    expect(data).toEqual({ sessionRecommendations: null });
  });

  it("is required to have a context", async () => {
    expect((await (await openGraph()).query("{ sessionRecommendations { listId } }")).status).toBe(400);
  });
});

describe("a list for the place named cart", () => {
  it("asks for what goes with the cart, for visitors and for shoppers", async () => {
    const engine = listening();
    const graph = await openGraph({ engine });
    const context = '{ placement: "cart", cartProductIds: ["c"] }';
    await graph.query(`{ sessionRecommendations(context: ${context}) { listId } }`);
    await graph.query(entitiesQuery(null, `recommendations(context: ${context}) { listId }`), {
      representations: users("u"),
    });
    expect(engine.requests.map(({ placement, subjectId }) => [placement, subjectId])).toEqual([
      ["cart", null],
      ["cart", "u"],
    ]);
  });

  it("has other cursors than one for another place", async () => {
    const graph = await openGraph();
    const ask = (placement: string, after = "") =>
      graph.query(
        entitiesQuery(null, `recommendations(first: 2, context: { placement: "${placement}" }${after}) ${WHOLE_LIST}`),
        { representations: users("u") },
      );
    const first = await ask("cart");
    const { endCursor } = first.data._entities[0].recommendations.pageInfo;
    expect((await ask("cart", `, after: "${endCursor}"`)).errors).toBeUndefined();
    expect((await ask("home", `, after: "${endCursor}"`)).errors).toHaveLength(1);
  });
});

describe("User.buyAgain", () => {
  const shop = kitchen([0, 10, 20].map((day) => deed("ann", "descaler", { day })));
  const query = entitiesQuery(null, `buyAgain(first: 2) ${WHOLE_LIST} recommendations(first: 2) { nodes { id } }`);

  it("lists what the shopper is due to buy again, apart from what they may discover", async () => {
    const graph = await openGraph({ engine: await shop.recommender({ model: await shop.train() }) });
    const { data, errors, cacheControl } = await graph.query(query, { representations: users("ann", "stranger") });
    expect(errors).toBeUndefined();
    const [ann, stranger] = data._entities;
    expect(ann.buyAgain.source).toBe("PERSONALIZED");
    expect(ann.buyAgain.edges).toMatchObject([
      { rank: 1, reason: "BUY_AGAIN", because: null, node: { id: "descaler" } },
    ]);
    expect(ann.buyAgain.edges).toHaveLength(1);
    expect(ann.recommendations.nodes).not.toContainEqual({ id: "descaler" });
    expect(stranger.buyAgain.edges).toEqual([]);
    expect(stranger.recommendations.nodes).toHaveLength(2);
    expect(cacheControl).toBe("max-age=5, private");
  });

  it("shows an administrator the one term of its score", async () => {
    const graph = await openGraph({ engine: await shop.recommender({ model: await shop.train() }) });
    const terms = entitiesQuery(null, "buyAgain { edges { score breakdown { signal contribution } } }");
    const headers = { authorization: "Bearer admin-token-of-this-test" };
    const { data } = await graph.query(terms, { representations: users("ann") }, headers);
    const [{ score, breakdown }] = data._entities[0].buyAgain.edges;
    expect(breakdown).toEqual([{ signal: "repeat", contribution: score }]);
  });

  it("is the shopper's own to read", async () => {
    const env = { NODE_ENV: "production", ROUTER_SECRET: "the first router secret" };
    const graph = await openGraph({ env });
    const as = (userId: string) => ({ "router-authorization": "the first router secret", "x-user-id": userId });
    const own = entitiesQuery(null, "buyAgain { listId }");
    expect((await graph.query(own, { representations: users("ann") }, as("ann"))).errors).toBeUndefined();
    const { errors, data } = await graph.query(own, { representations: users("ann") }, as("bob"));
    expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
    expect(data._entities[0].buyAgain).toBeNull();
  });
});
