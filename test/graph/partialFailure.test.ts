import { describe, expect, it } from "vitest";
import type { ListRequest } from "../../src/domain/recommendation.js";
import { cannedEngine } from "./cannedEngine.js";
import { entitiesQuery, products, users } from "./entities.js";
import { openGraph } from "./openGraph.js";

const SECRET = "the first router secret";
const ofSomebody = { "router-authorization": SECRET, "x-user-id": "u" };

/** An engine with a bug that some requests meet. */
function engineThatFails(meetsBug: (request: ListRequest) => boolean) {
  const canned = cannedEngine();
  const recommend = async (requests: readonly ListRequest[]) => {
    if (requests.some(meetsBug)) throw new TypeError("a bug");
    return canned.recommend(requests);
  };
  return { recommend };
}

const codesByPath = (errors: { path: unknown[]; extensions: { code: string } }[] | undefined) =>
  Object.fromEntries((errors ?? []).map(({ path, extensions }) => [path.join("."), extensions.code]));

const PAGE = `query ($representations: [_Any!]!) {
  trendingProducts(first: 2) { nodes { id } }
  everywhere: trendingProducts(first: 3) { nodes { id } }
  _entities(representations: $representations) {
    ... on Product {
      alike: similarProducts(first: 2) { nodes { id } }
      looks: similarProducts(first: 2, strategy: CONTENT) { nodes { id } }
      frequentlyBoughtTogether(first: 2) { nodes { id } }
      recommendations(first: 2) { nodes { id } }
    }
    ... on User { recommendations(first: 2) { nodes { id } } buyAgain(first: 2) { nodes { id } } }
  }
}`;
const LISTS = ["alike", "looks", "frequentlyBoughtTogether", "recommendations"];

describe("a page of several lists and aliases", () => {
  const representations = [...products("x", "y"), ...users("u")];

  it("loses the one list that cannot be computed and no other", async () => {
    const isBroken = ({ placement, subjectId }: ListRequest) => placement === "boughtTogether" && subjectId === "x";
    const graph = await openGraph({ engine: engineThatFails(isBroken) });
    const { status, data, errors } = await graph.query(PAGE, { representations });
    expect(status).toBe(200);
    expect(codesByPath(errors)).toEqual({ "_entities.0.frequentlyBoughtTogether": "RECOMMENDATIONS_UNAVAILABLE" });
    const [x, y, u] = data._entities;
    expect(LISTS.filter((name) => x[name] === null)).toEqual(["frequentlyBoughtTogether"]);
    expect(LISTS.filter((name) => y[name] === null)).toEqual([]);
    for (const list of [u.recommendations, u.buyAgain, data.trendingProducts, x.alike, y.looks]) {
      expect(list.nodes).toHaveLength(2);
    }
    expect(data.everywhere.nodes).toHaveLength(3);
    expect(graph.logged.filter(({ level }) => level === "error")).toHaveLength(1);
  });

  it("loses one alias of a field where the other stands", async () => {
    const graph = await openGraph({ engine: engineThatFails(({ strategy }) => strategy === "CONTENT") });
    const { data, errors } = await graph.query(PAGE, { representations });
    const lost = {
      "_entities.0.looks": "RECOMMENDATIONS_UNAVAILABLE",
      "_entities.1.looks": "RECOMMENDATIONS_UNAVAILABLE",
    };
    expect(codesByPath(errors)).toEqual(lost);
    expect(data._entities.slice(0, 2).map((product: { alike: unknown }) => product.alike)).not.toContain(null);
  });

  it("keeps its products' lists where a shopper's are refused or asked for wrongly", async () => {
    const graph = await openGraph({ env: { NODE_ENV: "production", ROUTER_SECRET: SECRET } });
    const query = entitiesQuery(
      "similarProducts(first: 2) { nodes { id } } wrong: similarProducts(first: 0) { nodes { id } }",
      'recommendations(first: 2) { nodes { id } } again: recommendations(after: "nonsense") { nodes { id } }',
    );
    const asked = [...products("x"), ...users("u", "somebody else"), ...products("")];
    const { data, errors } = await graph.query(query, { representations: asked }, ofSomebody);
    expect(codesByPath(errors)).toEqual({
      "_entities.0.wrong": "BAD_USER_INPUT",
      "_entities.1.again": "BAD_USER_INPUT",
      "_entities.2.recommendations": "FORBIDDEN",
      "_entities.2.again": "FORBIDDEN",
      "_entities.3": "BAD_USER_INPUT",
    });
    const [x, own, others, none] = data._entities;
    expect([x.similarProducts.nodes.length, own.recommendations.nodes.length]).toEqual([2, 2]);
    expect([x.wrong, own.again, others.recommendations, none]).toEqual([null, null, null, null]);
  });

  it("does not lose a list to another request that came at the same moment", async () => {
    const graph = await openGraph({ engine: engineThatFails(({ subjectId }) => subjectId === "poison") });
    const query = entitiesQuery("similarProducts(first: 2) { nodes { id } }");
    const [lost, kept] = await Promise.all(
      ["poison", "x"].map((id) => graph.query(query, { representations: products(id) })),
    );
    expect(lost.data._entities[0].similarProducts).toBeNull();
    expect(kept.errors).toBeUndefined();
    expect(kept.data._entities[0].similarProducts.nodes).toHaveLength(2);
  });
});
