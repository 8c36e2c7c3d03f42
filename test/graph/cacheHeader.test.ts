import { ApolloServer, HeaderMap } from "@apollo/server";
import { ApolloServerPluginCacheControl } from "@apollo/server/plugin/cacheControl";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
  parse,
} from "graphql";
import { describe, expect, it } from "vitest";
import { policyOf } from "../../src/graph/cachePolicy.js";
import { createContext, type GraphContext } from "../../src/graph/context.js";
import { createCursorCodec } from "../../src/graph/cursor.js";
import { createFailureReport } from "../../src/graph/errors.js";
import { createSchema } from "../../src/graph/schema.js";
import type { Logger } from "../../src/platform/logger.js";
import { cannedEngine } from "./cannedEngine.js";
import { entitiesQuery, products, users, WHOLE_LIST } from "./entities.js";
import { ADMIN_TOKEN, collectingIntake, openGraph } from "./openGraph.js";
import { unusedAdministration, unusedDeadLetters, unusedInsight } from "./unusedAdministration.js";

const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` };
const RECORD = `mutation { recordInteractions(events: [{ productId: "x", sessionId: "s", action: VIEW, timestamp: "2026-01-01T00:00:00Z" }]) { accepted } }`;

/** The header that Apollo's own plugin gives for the same schema and resolvers. */
async function apollosHeader(query: string, variables: object): Promise<string | undefined> {
  const apollo = new ApolloServer<GraphContext>({
    schema: createSchema(),
    plugins: [ApolloServerPluginCacheControl(), ApolloServerPluginInlineTraceDisabled()],
    stopOnTerminationSignals: false,
  });
  await apollo.start();
  const parts = {
    engine: cannedEngine(),
    intake: collectingIntake(),
    admin: unusedAdministration(),
    insight: unusedInsight(),
    deadLetters: unusedDeadLetters(),
    cursors: createCursorCodec("secret"),
    failures: createFailureReport({ error: () => {} } as unknown as Logger),
    publicMaxAge: () => 30,
    requestSeconds: () => 30,
  };
  const caller = {
    userId: null,
    canReadAnyUser: true,
    canWriteAnyUser: true,
    isAdmin: true,
    canReadSchema: true,
    isViaRouter: false,
  };
  const answer = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: "POST",
      headers: new HeaderMap([["content-type", "application/json"]]),
      body: { query, variables },
      search: "",
    },
    context: async () => createContext(parts, caller),
  });
  await apollo.stop();
  return answer.headers.get("cache-control");
}

const entities = [...products("x", "y"), ...users("u")];
const ofProduct = entitiesQuery(`similarProducts ${WHOLE_LIST}`);
const ofUser = entitiesQuery(null, `recommendations ${WHOLE_LIST}`);
const ofBoth = entitiesQuery(`recommendations ${WHOLE_LIST}`, `recommendations ${WHOLE_LIST}`);

const operations: [string, string, object, string][] = [
  ["Product.similarProducts", ofProduct, { representations: products("x") }, "max-age=30, public"],
  [
    "Product.frequentlyBoughtTogether",
    entitiesQuery(`frequentlyBoughtTogether ${WHOLE_LIST}`),
    { representations: products("x") },
    "max-age=30, public",
  ],
  ["Product.recommendations", ofBoth, { representations: products("x", "y") }, "max-age=30, public"],
  ["User.recommendations", ofUser, { representations: users("u") }, "max-age=5, private"],
  ["Product and User together", ofBoth, { representations: entities }, "max-age=5, private"],
  ["a user's key alone", entitiesQuery(null, ""), { representations: users("u") }, "max-age=5, private"],
  [
    "a selection on a type that is not asked for",
    entitiesQuery(`similarProducts ${WHOLE_LIST}`, "recommendations { edges { breakdown { signal } } }"),
    { representations: products("x") },
    "max-age=30, public",
  ],
  ["no entity at all", ofBoth, { representations: [] }, "no-store"],
  ["Query.trendingProducts", `{ trendingProducts ${WHOLE_LIST} }`, {}, "max-age=30, public"],
  [
    "lists inside lists",
    "{ trendingProducts(first: 2) { nodes { id similarProducts(first: 1) { edges { node { id } } } } } }",
    {},
    "max-age=30, public",
  ],
  [
    "a fragment and an alias",
    "query Q { a: trendingProducts { ...f } } fragment f on RecommendationConnection { ... { pageInfo { endCursor } } }",
    {},
    "max-age=30, public",
  ],
  ["a breakdown", "{ trendingProducts(first: 1) { edges { breakdown { signal } } } }", {}, "no-store"],
  ["the type name alone", "{ __typename }", {}, "no-store"],
  ["the schema", "{ __schema { queryType { name } } }", {}, "no-store"],
  ["the SDL", "{ _service { sdl } }", {}, "no-store"],
  ["the SDL beside a list", "{ _service { sdl } trendingProducts { listId } }", {}, "no-store"],
  ["a mutation", RECORD, {}, "no-store"],
  ["a mistake", "{ trendingProducts(first: 0) { listId } }", {}, "no-store"],
];

describe("Cache-Control", () => {
  it.each(operations)("for %s is what Apollo's plugin says", async (_name, query, variables, expected) => {
    const graph = await openGraph();
    const answer = await graph.query(query, variables, ADMIN);
    expect(answer.cacheControl).toBe(expected);
    expect(await apollosHeader(query, variables)).toBe(expected);
    expect((await graph.query(query, variables, ADMIN)).cacheControl).toBe(expected);
  });

  it("of one query differs with the entities it is asked for", async () => {
    const graph = await openGraph();
    const headerFor = async (representations: object[]) =>
      (await graph.query(ofBoth, { representations })).cacheControl;
    expect(await headerFor(products("x"))).toBe("max-age=30, public");
    expect(await headerFor(entities)).toBe("max-age=5, private");
    expect(await headerFor(products("x"))).toBe("max-age=30, public");
  });

  it("of a query whose fragments spread each other twice, fifty levels deep, is read in one go", async () => {
    const graph = await openGraph();
    const doubling = (on: string, last: string) =>
      Array.from({ length: 50 }, (_, i) => `fragment ${on}${i} on ${on} { ...${on}${i + 1} ...${on}${i + 1} }`)
        .concat(`fragment ${on}50 on ${on} { ${last} }`)
        .join(" ");
    const rootAndProduct = `{ ...Query0 } ${doubling("Query", "trendingProducts { nodes { ...Product0 } }")}`;
    const publicly = await graph.query(`${rootAndProduct} ${doubling("Product", "id")}`);
    expect([publicly.status, publicly.cacheControl]).toEqual([200, "max-age=30, public"]);
    const ofUser = `${entitiesQuery(null, "...User0")} ${doubling("User", "recommendations { listId }")}`;
    const privately = await graph.query(ofUser, { representations: users("u") });
    expect([privately.status, privately.cacheControl]).toEqual([200, "max-age=5, private"]);
  });

  it("follows the setting at once, and 0 forbids keeping", async () => {
    const settings = { "cache.maxAgeSeconds": 120 };
    const graph = await openGraph({ settings });
    const header = async () => (await graph.query(ofProduct, { representations: products("x") })).cacheControl;
    expect(await header()).toBe("max-age=120, public");
    settings["cache.maxAgeSeconds"] = 0;
    expect(await header()).toBe("no-store");
    settings["cache.maxAgeSeconds"] = 60;
    expect(await header()).toBe("max-age=60, public");
    expect((await graph.query(ofUser, { representations: users("u") })).cacheControl).toBe("max-age=5, private");
  });

  it("forbids keeping what looked at what the shopper is doing right now", async () => {
    const graph = await openGraph();
    const query = entitiesQuery(null, 'recommendations(context: { cartProductIds: ["x"] }) { listId }');
    expect((await graph.query(query, { representations: users("u") })).cacheControl).toBe("private, no-store");
  });

  it("forbids keeping an answer with any error in it", async () => {
    const graph = await openGraph();
    const answer = await graph.query(ofProduct, { representations: products("x", "") });
    expect(answer.data._entities[0]).not.toBeNull();
    expect(answer.cacheControl).toBe("no-store");
    expect((await graph.query("{ nonsense }")).cacheControl).toBe("no-store");
  });
});

/** For how long each field may be kept, asked for whole; every field that is not named here by nobody. */
const KEPT: Record<string, string> = {
  "Query.trendingProducts": "30 s by everybody",
  "Product.id": "30 s by everybody",
  "Product.similarProducts": "30 s by everybody",
  "Product.frequentlyBoughtTogether": "30 s by everybody",
  "Product.recommendations": "30 s by everybody",
  "User.id": "5 s by the shopper",
  "User.recommendations": "5 s by the shopper",
  "User.buyAgain": "5 s by the shopper",
};

const isForAdministrators = ({ astNode }: GraphQLField<unknown, unknown>) =>
  astNode?.directives?.some((directive) => directive.name.value === "tag") ?? false;

/** Everything below a type that storefronts may ask for; a product inside a list by its id, as a gateway does. */
function wholeOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return "";
  if (named.name === "Product" || named.name === "User") return "{ id }";
  const fields = Object.values(named.getFields()).filter((field) => !isForAdministrators(field));
  return `{ ${fields.map((field) => `${field.name} ${wholeOf(field.type)}`).join(" ")} }`;
}

function keptOf(typeName: string, field: GraphQLField<unknown, unknown>): string {
  const selection = `${field.name} ${wholeOf(field.type)}`;
  const isRoot = typeName === "Query" || typeName === "Mutation";
  const text = isRoot ? selection : `_entities(representations: $it) { ... on ${typeName} { ${selection} } }`;
  const document = parse(`${typeName === "Mutation" ? "mutation" : "query"} { ${text} }`);
  const [operation] = document.definitions as [OperationDefinitionNode];
  const entityTypes = isRoot ? [] : [typeName];
  const options = { schema, operation, fragments: new Map(), entityTypes, publicMaxAge: 30 };
  const { maxAge, scope } = policyOf(options);
  return maxAge ? `${maxAge} s by ${scope === "PRIVATE" ? "the shopper" : "everybody"}` : "by nobody";
}

const schema = createSchema();

describe("every field", () => {
  it.each(["Query", "Mutation", "Product", "User"])(
    "of %s may be kept as long as is written here, or not at all",
    (name) => {
      const fields = Object.values((schema.getType(name) as GraphQLObjectType).getFields());
      const found = fields.map((field) => [`${name}.${field.name}`, keptOf(name, field)]);
      expect(found).toEqual(found.map(([field]) => [field, KEPT[field] ?? "by nobody"]));
    },
  );

  it("that is named here exists", () => {
    for (const name of Object.keys(KEPT)) {
      const [type, field] = name.split(".");
      expect((schema.getType(type) as GraphQLObjectType).getFields()).toHaveProperty(field);
    }
  });
});

describe("a public list", () => {
  it("is the same to the byte for two identities", async () => {
    const env = { NODE_ENV: "production", ROUTER_SECRET: "the first router secret" };
    const graph = await openGraph({ env });
    const query = entitiesQuery(
      `similarProducts ${WHOLE_LIST} frequentlyBoughtTogether ${WHOLE_LIST} recommendations(first: 3) ${WHOLE_LIST}`,
    );
    const as = (headers: Record<string, string>) => {
      const all = { "router-authorization": "the first router secret", ...headers };
      return graph.query(query, { representations: products("x", "y") }, all);
    };
    const one = await as({ "x-user-id": "u" });
    const other = await as({ "x-user-id": "v", "x-user-scopes": "recommendations:admin" });
    expect(one.errors).toBeUndefined();
    expect(other.text).toBe(one.text);
    expect((await as({})).text).toBe(one.text);
  });
});
