import { describe, expect, it } from "vitest";
import { twoCircles } from "../worlds/shop.js";
import { cannedEngine } from "./cannedEngine.js";
import { entitiesQuery, products, users } from "./entities.js";
import { counted, openGraph } from "./openGraph.js";

const trending = (args: string) => `{ trendingProducts${args} { nodes { id } } }`;
const similar = (args: string) => entitiesQuery(`similarProducts(${args}) { nodes { id } }`);
const personal = (args: string) => entitiesQuery(null, `recommendations(${args}) { source nodes { id } }`);

async function refused(query: string, variables: object, message: string) {
  const engine = counted(cannedEngine());
  const graph = await openGraph({ engine });
  const answer = await graph.query(query, variables);
  expect(answer.status).toBe(200);
  expect(answer.errors).toHaveLength(1);
  expect(answer.errors?.[0].extensions).toEqual({ code: "BAD_USER_INPUT" });
  expect(answer.errors?.[0].message).toBe(message);
  expect(engine.calls).toEqual([]);
  expect(graph.logged.filter((line) => line.level === "error")).toEqual([]);
}

describe("first", () => {
  it.each([-1, 0, 101])("of %i is refused: null for that field and what is required", async (first) => {
    const message = `Cannot list products: first from 1 to 100 is required, found ${first}`;
    await refused(trending(`(first: ${first})`), {}, message);
    await refused(personal(`first: ${first}`), { representations: users("u") }, message);
  });

  it("of 1 and of 100 is answered with so many", async () => {
    const graph = await openGraph();
    for (const first of [1, 100]) {
      const { data } = await graph.query(trending(`(first: ${first})`));
      expect(data.trendingProducts.nodes).toHaveLength(first);
    }
  });

  it("absent or null means the default of its field", async () => {
    const graph = await openGraph();
    expect((await graph.query(trending(""))).data.trendingProducts.nodes).toHaveLength(10);
    expect((await graph.query(trending("(first: null)"))).data.trendingProducts.nodes).toHaveLength(10);
    const query = entitiesQuery("frequentlyBoughtTogether(first: null) { nodes { id } }");
    const { data } = await graph.query(query, { representations: products("p") });
    expect(data._entities[0].frequentlyBoughtTogether.nodes).toHaveLength(4);
  });

  it("beyond 32 bits, or not a number, is refused as a whole", async () => {
    const graph = await openGraph();
    for (const first of ["2147483648", '"ten"', "1.5"]) {
      const { status, errors } = await graph.query(trending(`(first: ${first})`));
      expect([status, errors?.[0].extensions.code]).toEqual([400, "GRAPHQL_VALIDATION_FAILED"]);
    }
  });

  it("in a variable of the wrong type is the client's mistake, not ours", async () => {
    const graph = await openGraph();
    const query = "query ($first: Int) { trendingProducts(first: $first) { nodes { id } } }";
    const { status, errors } = await graph.query(query, { first: "ten" });
    expect([status, errors?.[0].extensions.code]).toEqual([400, "BAD_USER_INPUT"]);
    expect(graph.logged.filter((line) => line.level === "error")).toEqual([]);
  });
});

describe("a null argument", () => {
  it("means its default, for every argument", async () => {
    const graph = await openGraph();
    const query = entitiesQuery(
      "similarProducts(first: null, after: null, strategy: null, filter: null) { nodes { id } }",
      "recommendations(first: null, after: null, context: null, filter: { categories: null, excludeProductIds: null, minPrice: null, maxPrice: null }) { nodes { id } }",
    );
    const { errors } = await graph.query(query, { representations: [...products("p"), ...users("u")] });
    expect(errors).toBeUndefined();
  });

  it("where a value is required is the client's mistake, also when a variable's default hid it", async () => {
    const graph = await openGraph();
    const query = `mutation ($events: [InteractionInput!] = []) { recordInteractions(events: $events) { accepted } }`;
    const { errors } = await graph.query(query, { events: null });
    expect(errors?.[0].extensions.code).toBe("BAD_USER_INPUT");
  });
});

describe("a filter", () => {
  const id = products("p");
  it("with min above max is refused", () =>
    refused(
      similar("filter: { minPrice: 10, maxPrice: 9.5 }"),
      { representations: id },
      "Cannot filter products: minPrice not above maxPrice is required, found 10 and 9.5",
    ));

  it("with a negative price is refused", () =>
    refused(
      similar("filter: { minPrice: -0.01 }"),
      { representations: id },
      "Cannot filter products: a finite filter.minPrice of at least 0 is required, found -0.01",
    ));

  it("with a price beyond all numbers is refused", () =>
    refused(
      similar("filter: { maxPrice: 1e999 }"),
      { representations: id },
      "Cannot filter products: a finite filter.maxPrice of at least 0 is required, found Infinity",
    ));

  it("with a broken id is refused, without repeating it", () =>
    refused(
      'query ($ids: [ID!]) { _entities(representations: [{ __typename: "Product", id: "p" }]) { ... on Product { similarProducts(filter: { excludeProductIds: $ids }) { nodes { id } } } } }',
      { ids: ["fine", "a\0b"] },
      "Cannot list products: a valid text is required in filter.excludeProductIds, found at 1 one that contains NUL",
    ));

  it("with more than 500 excluded products or 50 categories is refused", async () => {
    const query = (name: string, type: string) =>
      `query ($texts: [${type}!]) { _entities(representations: [{ __typename: "Product", id: "p" }]) { ... on Product { similarProducts(filter: { ${name}: $texts }) { nodes { id } } } } }`;
    const texts = (n: number) => ({ texts: Array.from({ length: n }, (_, i) => `t${i}`) });
    await refused(
      query("excludeProductIds", "ID"),
      texts(501),
      "Cannot list products: at most 500 in filter.excludeProductIds is required, found 501",
    );
    await refused(
      query("categories", "String"),
      texts(51),
      "Cannot list products: at most 50 in filter.categories is required, found 51",
    );
    const graph = await openGraph();
    expect((await graph.query(query("excludeProductIds", "ID"), texts(500))).errors).toBeUndefined();
  });

  it("without a category means all of them, and one that is named is kept to", async () => {
    const graph = await openGraph({ engine: await twoCircles().recommender() });
    const nodes = async (filter: string) => {
      const { data } = await graph.query(similar(`first: 9, filter: ${filter}`), {
        representations: products("teapot"),
      });
      return data._entities[0].similarProducts.nodes.length;
    };
    expect(await nodes("{ categories: [] }")).toBe(await nodes("{}"));
    expect(await nodes('{ categories: ["Tea"] }')).toBe(4);
  });
});

describe("a context", () => {
  it("with more than 100 products is refused", () => {
    const viewed = JSON.stringify(Array.from({ length: 101 }, (_, i) => `p${i}`));
    return refused(
      personal(`context: { viewedProductIds: ${viewed} }`),
      { representations: users("u") },
      "Cannot list products: at most 100 in context.viewedProductIds is required, found 101",
    );
  });

  it("with a broken id is refused", () =>
    refused(
      personal('context: { cartProductIds: [""] }'),
      { representations: users("u") },
      "Cannot list products: a valid text is required in context.cartProductIds, found at 0 one that is empty",
    ));
});

describe("an entity's id", () => {
  const query = entitiesQuery("similarProducts(first: 1) { nodes { id } }", "recommendations(first: 1) { source }");
  const broken: [string, unknown][] = [
    ["with NUL", "a\0b"],
    ["with a lone surrogate", "a\ud800b"],
    ["of 10 kB", "x".repeat(10_240)],
    ["that is empty", ""],
    ["that is missing", undefined],
    ["that is null", null],
    ["that is an object", { $gt: "" }],
    ["that is a list", ["a"]],
    ["that is not a whole number", 1.5],
  ];

  it.each(broken)("%s nulls that entity and no other", async (_name, id) => {
    const graph = await openGraph();
    const representations = [...products("good", id), ...users(id, "also good")];
    const { status, data, errors } = await graph.query(query, { representations });
    expect(status).toBe(200);
    expect(data._entities.map((entity: unknown) => entity !== null)).toEqual([true, false, false, true]);
    expect(errors?.map((error) => [error.path, error.extensions])).toEqual([
      [["_entities", 1], { code: "BAD_USER_INPUT" }],
      [["_entities", 2], { code: "BAD_USER_INPUT" }],
    ]);
    expect(JSON.stringify(errors).length).toBeLessThan(1000);
  });

  it("of emoji, of right-to-left letters, of SQL, or a number is an id like any other", async () => {
    const graph = await openGraph();
    const ids = ["🫖", "שלום", "'; drop table products; --", "__proto__", 42];
    const { data, errors } = await graph.query(query, { representations: products(...ids) });
    expect(errors).toBeUndefined();
    expect(data._entities.map((entity: { id: string }) => entity.id)).toEqual(ids.map(String));
  });

  it("that nobody knows gets the fallback, never an error", async () => {
    const graph = await openGraph({ engine: await twoCircles().recommender() });
    const representations = [...products("unheard of"), ...users("stranger")];
    const { data, errors } = await graph.query(query, { representations });
    expect(errors).toBeUndefined();
    expect(data._entities[1].recommendations.source).toBe("FALLBACK_TRENDING");
  });
});
