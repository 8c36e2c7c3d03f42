import { describe, expect, it } from "vitest";
import { RecommenderError } from "../../src/domain/errors.js";
import type { ListRequest } from "../../src/domain/recommendation.js";
import { cannedEngine } from "./cannedEngine.js";
import { entitiesQuery, products, users } from "./entities.js";
import { openGraph } from "./openGraph.js";

const outage = new RecommenderError("DATABASE_UNAVAILABLE", "Cannot load histories from db.internal:5432: refused");
const failing = { recommend: () => Promise.reject(outage) };
const LISTS = entitiesQuery("similarProducts { nodes { id } }", "recommendations { nodes { id } }");
const errorLines = (logged: readonly { level: string }[]) => logged.filter((line) => line.level === "error");

describe("when lists cannot be computed", () => {
  it("the field is null, the rest of the page stands, and the client gets an id that is in the log once", async () => {
    const graph = await openGraph({ engine: failing });
    const representations = [...products("x", "y"), ...users("u")];
    const { status, data, errors, cacheControl, text } = await graph.query(LISTS, { representations });
    expect([status, cacheControl]).toEqual([200, "no-store"]);
    expect(data._entities[0]).toEqual({ __typename: "Product", id: "x", similarProducts: null });
    expect(data._entities[2]).toEqual({ __typename: "User", id: "u", recommendations: null });
    const ids = new Set(errors?.map((error) => error.extensions.errorId));
    expect(errors?.map((error) => error.extensions.code)).toEqual(Array(3).fill("RECOMMENDATIONS_UNAVAILABLE"));
    expect(ids.size).toBe(1);
    expect(errors?.[0].message).toBe(`Recommendations are unavailable now (error ${[...ids][0]})`);
    expect(text).not.toContain("db.internal");
    expect(errorLines(graph.logged)).toEqual([
      { level: "error", facts: { errorId: [...ids][0], err: outage }, message: "recommendations unavailable" },
    ]);
  });

  it("the plain list says so with 503 and the id", async () => {
    const graph = await openGraph({ engine: failing });
    const answer = await graph.server.inject("/recommend/u");
    expect(answer.statusCode).toBe(503);
    expect(answer.json().error.code).toBe("RECOMMENDATIONS_UNAVAILABLE");
    expect(answer.json().error.message).toMatch(/^Recommendations are unavailable now \(error [0-9a-f-]{36}\)$/);
    expect(answer.body).not.toContain("db.internal");
  });

  it("the next request is answered again", async () => {
    let isDown = true;
    const canned = cannedEngine();
    const engine = {
      recommend: (requests: readonly ListRequest[]) => (isDown ? Promise.reject(outage) : canned.recommend(requests)),
    };
    const graph = await openGraph({ engine });
    await graph.query(LISTS, { representations: products("x") });
    isDown = false;
    expect((await graph.query(LISTS, { representations: products("x") })).errors).toBeUndefined();
  });
});

describe("a bug", () => {
  const broken = { ...cannedEngine(), recommend: async () => [null as never] };

  it("reaches the client as an id and nothing else, and the log with its cause", async () => {
    const graph = await openGraph({ engine: broken });
    const { status, data, errors, text } = await graph.query("{ trendingProducts { nodes { id } } }");
    expect([status, data]).toEqual([200, { trendingProducts: null }]);
    const { errorId } = errors?.[0].extensions ?? {};
    expect(errors?.[0]).toEqual({
      message: `Internal error ${errorId}`,
      locations: [{ line: 1, column: 3 }],
      path: ["trendingProducts"],
      extensions: { code: "INTERNAL_SERVER_ERROR", errorId },
    });
    expect(text).not.toMatch(/stack|\.ts|TypeError|Cannot read/);
    const [line] = errorLines(graph.logged);
    expect(line).toMatchObject({ facts: { errorId, err: expect.any(TypeError) } });
  });

  it("that fails many entities at once is one line in the log", async () => {
    const graph = await openGraph({ engine: { recommend: async () => [] } });
    const { errors } = await graph.query(LISTS, { representations: products("x", "y", "z") });
    expect(errors?.map((error) => error.extensions.code)).toEqual(Array(3).fill("INTERNAL_SERVER_ERROR"));
    expect(new Set(errors?.map((error) => error.extensions.errorId)).size).toBe(1);
    expect(errorLines(graph.logged)).toHaveLength(1);
  });

  it("outside of GraphQL is masked in the same way", async () => {
    const graph = await openGraph({ engine: broken });
    const answer = await graph.server.inject("/recommend/u");
    expect(answer.statusCode).toBe(500);
    expect(answer.json().error).toEqual({
      code: "INTERNAL_SERVER_ERROR",
      message: expect.stringMatching(/^Internal error [0-9a-f-]{36}$/),
    });
    expect(errorLines(graph.logged)).toHaveLength(1);
  });
});

describe("a query that does not fit the schema", () => {
  it("is explained in development, and in production without naming what exists", async () => {
    const query = "{ trendingProduct { listId } }";
    expect((await (await openGraph()).query(query)).errors?.[0].message).toContain("Did you mean");
    const secret = "the first router secret";
    const graph = await openGraph({ env: { NODE_ENV: "production", ROUTER_SECRET: secret } });
    const { status, errors } = await graph.query(query, {}, { "router-authorization": secret });
    expect([status, errors?.[0].extensions.code]).toEqual([400, "GRAPHQL_VALIDATION_FAILED"]);
    expect(errors?.[0].message).not.toContain("Did you mean");
  });

  it("or names an operation it does not have, is the client's mistake", async () => {
    const graph = await openGraph();
    const payload = { query: "query A { __typename }", operationName: "B" };
    const answer = await graph.server.inject({ method: "POST", url: "/graphql", payload });
    expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([400, "OPERATION_RESOLUTION_FAILURE"]);
    expect(errorLines(graph.logged)).toEqual([]);
  });
});
