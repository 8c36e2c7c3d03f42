import { describe, expect, it } from "vitest";
import type { ListRequest } from "../../src/domain/recommendation.js";
import { MAX_ALIASES, MAX_BODY_BYTES, MAX_DEPTH, MAX_REPRESENTATIONS } from "../../src/graph/limits.js";
import { MAX_LISTS, MAX_PRODUCTS, MAX_VALUES } from "../../src/graph/requestBudget.js";
import { twoCircles } from "../worlds/shop.js";
import { cannedEngine } from "./cannedEngine.js";
import { entitiesQuery, products, users } from "./entities.js";
import { counted, openGraph } from "./openGraph.js";

const ids = (n: number) => Array.from({ length: n }, (_, i) => `id ${i}`);

/** A server whose engine must not be asked. */
async function guarded() {
  const engine = counted(cannedEngine());
  const graph = await openGraph({ engine });
  const expectRefused = async (query: string, variables: object, code: string, message: string | RegExp) => {
    const { status, data, errors } = await graph.query(query, variables);
    expect([status, data, errors?.[0].extensions.code]).toEqual([400, undefined, code]);
    expect(errors?.[0].message).toMatch(message);
    expect(engine.calls).toEqual([]);
  };
  return { graph, engine, expectRefused };
}

describe("representations", () => {
  const query = entitiesQuery("similarProducts(first: 1) { nodes { id } }");
  const tooMany = /at most 1000 representations in one request are required, found \d+$/;

  it("of 1,000 entities are answered, of 1,001 refused before any resolver runs", async () => {
    const { graph, engine, expectRefused } = await guarded();
    await expectRefused(
      query,
      { representations: products(...ids(MAX_REPRESENTATIONS + 1)) },
      "BAD_USER_INPUT",
      tooMany,
    );
    const { data } = await graph.query(query, { representations: products(...ids(MAX_REPRESENTATIONS)) });
    expect(data._entities).toHaveLength(1000);
    expect(engine.calls).toEqual([1000]);
  });

  it("are counted over all fields: aliases, variables, literals, defaults and fragments", async () => {
    const { expectRefused } = await guarded();
    const literal = `[${ids(500).map((id) => `{ __typename: "Product", id: "${id}" }`)}]`;
    const fields = "{ ... on Product { similarProducts(first: 1) { listId } } }";
    const splits = `query ($r: [_Any!]!, $d: [_Any!]! = ${literal}) {
      a: _entities(representations: $r) ${fields}
      b: _entities(representations: $d) ${fields}
      ...more
    }
    fragment more on Query { ... on Query { c: _entities(representations: [{ __typename: "Product", id: "z" }]) ${fields} } }`;
    await expectRefused(splits, { r: products(...ids(500)) }, "BAD_USER_INPUT", /found 1001$/);
  });

  it("of a type that is not ours, or of none, are refused with a word why", async () => {
    const { expectRefused } = await guarded();
    const why = /__typename Product or User are required, found ("PageInfo"|"Order"|none)$/;
    for (const wrong of [{ __typename: "PageInfo" }, { __typename: "Order", id: "1" }, { id: "1" }, "x", 7, []]) {
      await expectRefused(query, { representations: [...products("x"), wrong] }, "BAD_USER_INPUT", why);
    }
  });
});

describe("a query", () => {
  const nested = (levels: number): string =>
    levels === 0 ? "id" : `id similarProducts(first: 1) { edges { node { ${nested(levels - 1)} } } }`;

  it("that nests too deep is refused, also through fragments", async () => {
    const { graph, expectRefused } = await guarded();
    const deep = `{ trendingProducts { nodes { ${nested(4)} } } }`;
    const why = new RegExp(`fields at most ${MAX_DEPTH} deep are required, found 15$`);
    await expectRefused(deep, {}, "GRAPHQL_VALIDATION_FAILED", why);
    const split = `{ trendingProducts { nodes { ...a } } }
      fragment a on Product { similarProducts { edges { node { ...b } } } }
      fragment b on Product { similarProducts { edges { node { ${nested(2)} } } } }`;
    await expectRefused(split, {}, "GRAPHQL_VALIDATION_FAILED", why);
    expect((await graph.query(`{ trendingProducts { nodes { ${nested(3)} } } }`)).errors).toBeUndefined();
  });

  it("whose fragments go round in a circle is refused", async () => {
    const { expectRefused } = await guarded();
    const circle = `{ trendingProducts { nodes { ...a } } }
      fragment a on Product { similarProducts { nodes { ...b } } } fragment b on Product { similarProducts { nodes { ...a } } }`;
    await expectRefused(circle, {}, "GRAPHQL_VALIDATION_FAILED", /within itself/);
  });

  it("with too many aliases or tokens is refused", async () => {
    const { expectRefused } = await guarded();
    const aliases = ids(MAX_ALIASES + 1).map((_, i) => `a${i}: trendingProducts { listId }`);
    const why = `at most ${MAX_ALIASES} aliases are required, found ${MAX_ALIASES + 1}`;
    await expectRefused(`{ ${aliases.join(" ")} }`, {}, "GRAPHQL_VALIDATION_FAILED", why);
    const tokens = `{ trendingProducts { ${"listId ".repeat(20_000)} } }`;
    await expectRefused(tokens, {}, "GRAPHQL_PARSE_FAILED", /more tha[nt] 15000 tokens/);
  });

  it("as the gateway's tools send it for the whole schema is answered", async () => {
    const { getIntrospectionQuery } = await import("graphql");
    const graph = await openGraph();
    expect((await graph.query(getIntrospectionQuery())).errors).toBeUndefined();
  });

  it("that asks for more lists or products than a request's share computes nothing", async () => {
    const { graph, engine } = await guarded();
    const lists = entitiesQuery(
      ids(4)
        .map((_, i) => `l${i}: similarProducts(first: ${i + 1}) { listId }`)
        .join(" "),
    );
    const tooManyLists = await graph.query(lists, { representations: products(...ids(1000)) });
    expect(tooManyLists.status).toBe(400);
    const most = `${MAX_LISTS} lists, ${MAX_PRODUCTS} products and ${MAX_VALUES} values of products`;
    expect(tooManyLists.errors?.map(({ message }) => message)).toEqual([
      `Cannot list products: at most ${most} in one request are required, found 4000, 10000 and 0`,
    ]);
    const wide = entitiesQuery("a: similarProducts(first: 100) { listId } b: recommendations(first: 1) { listId }");
    const tooManyProducts = await graph.query(wide, { representations: products(...ids(1000)) });
    expect(tooManyProducts.status).toBe(400);
    expect(tooManyProducts.errors?.map(({ extensions }) => extensions.code)).toEqual(["BAD_USER_INPUT"]);
    expect(engine.calls).toEqual([]);
  });

  it("that asks for more of every product than a request's share computes nothing and says so once", async () => {
    const { graph, engine } = await guarded();
    const again = [1, 2, 3, 4, 5].map((n) => `again${n}: edges { rank score reason node { id } }`);
    const query = entitiesQuery(`recommendations(first: 20) { ${again.join(" ")} }`);
    const { errors, data } = await graph.query(query, { representations: products(...ids(1000)) });
    expect(errors?.map(({ message }) => message)).toEqual([expect.stringMatching(/found 1000, 20000 and \d+$/)]);
    expect(data).not.toBeNull();
    expect(engine.calls).toEqual([]);
  });
});

describe("over HTTP", () => {
  const post = async (payload: string | object, headers: Record<string, string> = {}) => {
    const graph = await openGraph();
    return graph.server.inject({
      method: "POST",
      url: "/graphql",
      payload,
      headers: { "content-type": "application/json", ...headers },
    });
  };

  it("a body over a megabyte, of another type, or that is not JSON is refused in GraphQL's words", async () => {
    const answers = [
      await post({ query: "{ __typename }", padding: "x".repeat(MAX_BODY_BYTES) }),
      await post("<xml/>", { "content-type": "application/xml" }),
      await post("{ not json"),
      await post(""),
    ];
    expect(answers.map((answer) => answer.statusCode)).toEqual([413, 415, 400, 400]);
    for (const answer of answers) {
      expect(answer.json().errors[0].extensions.code).toBe("BAD_REQUEST");
      expect(answer.body).not.toContain("    at ");
    }
  });

  it("a list of operations in one body is refused", async () => {
    const answer = await post([{ query: "{ __typename }" }, { query: "{ __typename }" }]);
    expect([answer.statusCode, answer.headers["cache-control"]]).toEqual([400, "no-store"]);
  });

  it("every refusal has a code, and no list is computed for it", async () => {
    const { graph, engine } = await guarded();
    const query = "{ trendingProducts { listId } }";
    const ask = (payload: unknown, headers: Record<string, string> = {}, method: "POST" | "PUT" = "POST") =>
      graph.server.inject({
        method,
        url: "/graphql",
        payload: typeof payload === "string" ? payload : JSON.stringify(payload),
        headers: { "content-type": "application/json", ...headers },
      });
    const get = (text: string, headers = {}) =>
      graph.server.inject({ url: `/graphql?query=${encodeURIComponent(text)}`, headers });
    const answers = {
      batch: await ask([{ query }, { query }]),
      "no query": await ask({}),
      "query that is no text": await ask({ query: 7 }),
      "variables that are no object": await ask({ query, variables: "x" }),
      "two operations and no name": await ask({ query: `query A ${query} query B ${query}` }),
      "variable of another type": await ask({
        query: "query ($n: Int) { trendingProducts(first: $n) { listId } }",
        variables: { n: "x" },
      }),
      "text that a page may send": await ask(query, { "content-type": "text/plain" }),
      "query by GET that a page may send": await get(query),
      "mutation by GET": await get("mutation { recordInteractions(events: []) { accepted } }", {
        "apollo-require-preflight": "1",
      }),
      "another method": await ask({ query }, {}, "PUT"),
    };
    for (const [name, answer] of Object.entries(answers)) {
      const { errors } = answer.json();
      const isRefused = answer.statusCode >= 400 && answer.statusCode < 500;
      expect([name, isRefused, typeof errors?.[0].extensions?.code]).toEqual([name, true, "string"]);
      expect([name, errors[0].extensions.code]).not.toEqual([name, "INTERNAL_SERVER_ERROR"]);
    }
    expect(engine.calls).toEqual([]);
  });

  it("a mutation by GET, and a query that a web page could send unasked, are refused", async () => {
    const graph = await openGraph();
    const get = (query: string, headers = {}) =>
      graph.server.inject({ url: `/graphql?query=${encodeURIComponent(query)}`, headers });
    const preflight = { "apollo-require-preflight": "1" };
    expect((await get("mutation { recordInteractions(events: []) { accepted } }", preflight)).statusCode).toBe(405);
    expect((await get("{ trendingProducts { listId } }")).statusCode).toBe(400);
    expect((await get("{ trendingProducts { listId } }", preflight)).statusCode).toBe(200);
    expect((await post("{ trendingProducts { listId } }", { "content-type": "text/plain" })).statusCode).toBe(400);
  });
});

describe("a batch of 1,000 shoppers", () => {
  it("lets /livez, asked when the batch has begun, answer before it ends", async () => {
    const order: string[] = [];
    const recommender = await twoCircles().recommender();
    const engine = {
      async recommend(requests: readonly ListRequest[]) {
        const lists = recommender.recommend(requests);
        void graph.server.inject("/livez").then((answer) => order.push(`livez ${answer.statusCode}`));
        await lists;
        order.push("batch");
        return lists;
      },
    };
    const graph = await openGraph({ engine });
    const query = entitiesQuery(null, "recommendations(first: 3) { nodes { id } }");
    const representations = users(...ids(1000).map((_, i) => `shopper-${i % 20} ${i}`));
    const { data } = await graph.query(query, { representations });
    expect(data._entities).toHaveLength(1000);
    expect(order).toEqual(["livez 200", "batch"]);
  });
});
