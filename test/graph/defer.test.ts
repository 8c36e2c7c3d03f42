import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { type GraphQLObjectType, type GraphQLUnionType, isNullableType } from "graphql";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RecommendationEngine } from "../../src/domain/engine.js";
import { LIST_FIELDS } from "../../src/graph/listFields.js";
import { createSchema } from "../../src/graph/schema.js";
import { twoCircles } from "../worlds/shop.js";
import { openShop } from "./openShop.js";

// A gateway answers @defer by a second request of its own to the subgraph, so a subgraph is friendly to it where a list can
// be asked for by itself, and where the page stands without it. graphql-js 16, and so this server, takes no @defer itself.

const PAGE = `query {
  product(id: "teapot") { name ... @defer { similarProducts(first: 2) { nodes { name } } } }
  me { email ... @defer { recommendations(first: 1) { nodes { name } } } }
}`;

/** The shop's own engine behind a gate that the test opens. */
async function gatedEngine(): Promise<RecommendationEngine & { open: () => void }> {
  const engine = await twoCircles().recommender();
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, recommend: (requests) => opened.then(() => engine.recommend(requests)) };
}

/** Asks a gateway that defers, and hands out the parts of its answer as they come. */
async function* partsOf(supergraph: string, query: string) {
  const gateway = createGatewayRuntime({ supergraph, logging: false, deferStream: true });
  onTestFinished(async () => gateway[Symbol.asyncDispose]());
  const answer = await gateway.fetch("http://gateway.example/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "multipart/mixed" },
    body: JSON.stringify({ query }),
  });
  expect(answer.headers.get("content-type")).toMatch(/^multipart\/mixed/);
  const text = new TextDecoder();
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    for (const [line] of text.decode(chunk).matchAll(/^\{.*\}$/gm)) yield JSON.parse(line);
  }
}

const PRODUCTS = { product: { name: "The teapot" }, me: { email: "shopper-0@example.com" } };

describe("a deferred list", () => {
  it("keeps nobody waiting: the page comes while it is still being computed, the list after it", async () => {
    const engine = await gatedEngine();
    const parts = partsOf(await openShop({ engine }), PAGE);
    expect((await parts.next()).value).toEqual({ data: PRODUCTS, hasNext: true });
    engine.open();
    const late = [];
    for await (const part of parts) late.push(...(part.incremental ?? []));
    const byPlace = Object.fromEntries(late.map(({ path, data }) => [path.join("."), data]));
    expect(byPlace.product.similarProducts.nodes).toHaveLength(2);
    expect(byPlace.me.recommendations.nodes).toEqual([{ name: "The teapot" }]);
  });

  it("that cannot be computed is null in its part, and leaves the page as it was", async () => {
    const engine = { recommend: () => Promise.reject(new Error("an outage")) };
    const parts = [];
    for await (const part of partsOf(await openShop({ engine }), PAGE)) parts.push(part);
    expect(parts[0]).toEqual({ data: PRODUCTS, hasNext: true });
    const late = parts.slice(1).flatMap((part) => part.incremental ?? []);
    expect(late.flatMap(({ data }) => Object.values(data ?? {}))).toEqual([null, null]);
    expect(late.flatMap(({ errors }) => errors ?? []).length).toBeGreaterThan(0);
  });
});

describe("every list", () => {
  const schema = createSchema();
  const entities = (schema.getType("_Entity") as GraphQLUnionType).getTypes();

  it("can be deferred: it stands on an entity or on the root, and may be null", () => {
    for (const name of Object.keys(LIST_FIELDS)) {
      const [parent, field] = name.split(".");
      const type = schema.getType(parent) as GraphQLObjectType;
      const stands = type === schema.getQueryType() || entities.includes(type);
      expect([name, stands, isNullableType(type.getFields()[field].type)]).toEqual([name, true, true]);
    }
  });
});
