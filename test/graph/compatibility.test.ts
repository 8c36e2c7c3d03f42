import { composeServices } from "@apollo/composition";
import { parse, stripIgnoredCharacters } from "graphql";
import { describe, expect, it } from "vitest";
import { createProductsSchema, openNeighbours } from "./compatibilityShop.js";
import { gateways } from "./gateways.js";
import { openGraph } from "./openGraph.js";

// The assertions of apollographql/apollo-federation-subgraph-compatibility. They look at the library and at whatever a
// server puts before it: here all of ours, limits, identity, cache headers and masked errors.

const openProducts = () => openGraph({ schema: createProductsSchema() });

async function answered(query: string, variables: object = {}) {
  const { data, errors } = await (await openProducts()).query(query, variables);
  expect(errors).toBeUndefined();
  return data;
}

async function resolved(selection: string, ...representations: object[]) {
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`;
  return (await answered(query, { representations }))._entities;
}

const ofProduct = (selection: string) =>
  answered(`query ($id: ID!) { product(id: $id) { ${selection} } }`, { id: "apollo-federation" });

describe("the server, over the schema of Apollo's compatibility suite", () => {
  it("tells its SDL, with every directive under its own name", async () => {
    const { sdl } = (await answered("{ _service { sdl } }"))._service;
    const text = stripIgnoredCharacters(sdl);
    for (const part of [
      '@link(url:"https://specs.apollo.dev/federation/v2.3"',
      '@link(url:"https://myspecs.dev/myCustomDirective/v1.0" import:["@custom"])',
      '@composeDirective(name:"@custom")',
      "directive@custom on OBJECT",
      'type Product@custom@key(fields:"id")@key(fields:"sku package")@key(fields:"sku variation{id}")',
      'createdBy:User@provides(fields:"totalProductsCreated")',
      'notes:String@tag(name:"internal")',
      "type ProductDimension@shareable",
      "unit:String@inaccessible",
      'type Inventory@interfaceObject@key(fields:"id")',
      "email:ID!@external",
      'name:String@override(from:"users")',
      'averageProductsCreatedPerYear:Int@requires(fields:"totalProductsCreated yearsOfEmployment")',
    ]) {
      expect(text.replaceAll("variation { id }", "variation{id}")).toContain(part);
    }
    expect(text).not.toContain("@federation__");
  });

  it("has the types that the specification adds", async () => {
    const type = (name: string) =>
      answered(`{ __type(name: "${name}") { kind fields { name } possibleTypes { name } } }`);
    expect((await type("_Service")).__type).toMatchObject({ kind: "OBJECT", fields: [{ name: "sdl" }] });
    const names = (await type("_Entity")).__type.possibleTypes.map((one: { name: string }) => one.name);
    expect(names.sort()).toEqual(["DeprecatedProduct", "Inventory", "Product", "ProductResearch", "User"]);
    expect((await type("_Any")).__type.kind).toBe("SCALAR");
    expect((await type("FieldSet")).__type.kind).toBe("SCALAR");
    expect((await type("link__Purpose")).__type.kind).toBe("ENUM");
  });

  it("resolves an entity by a key of one field", async () => {
    const [user] = await resolved("... on User { email name }", {
      __typename: "User",
      email: "support@apollographql.com",
    });
    expect(user).toEqual({ email: "support@apollographql.com", name: "Jane Smith" });
  });

  it("resolves an entity by a key of several fields", async () => {
    const [product] = await resolved("... on DeprecatedProduct { sku package reason }", {
      __typename: "DeprecatedProduct",
      sku: "apollo-federation-v1",
      package: "@apollo/federation-v1",
    });
    expect(product.reason).toBe("Migrate to Federation V2");
  });

  it("resolves an entity by a key inside an object", async () => {
    const [research] = await resolved("... on ProductResearch { study { caseNumber description } }", {
      __typename: "ProductResearch",
      study: { caseNumber: "1234" },
    });
    expect(research.study).toEqual({ caseNumber: "1234", description: "Federation Study" });
  });

  it("resolves entities of one type by each of its keys", async () => {
    const found = await resolved(
      "... on Product { id sku }",
      { __typename: "Product", id: "apollo-federation" },
      { __typename: "Product", sku: "federation", package: "@apollo/federation" },
      { __typename: "Product", sku: "studio", variation: { id: "platform" } },
    );
    expect(found.map((product: { id: string }) => product.id)).toEqual([
      "apollo-federation",
      "apollo-federation",
      "apollo-studio",
    ]);
  });

  it("computes from what @requires brings, and answers what @provides promises", async () => {
    const brought = { totalProductsCreated: 42, yearsOfEmployment: 6 };
    const [user] = await resolved("... on User { averageProductsCreatedPerYear }", {
      __typename: "User",
      email: "support@apollographql.com",
      ...brought,
    });
    expect(user.averageProductsCreatedPerYear).toBe(7);
    const { product } = await ofProduct("createdBy { email totalProductsCreated }");
    expect(product.createdBy).toEqual({ email: "support@apollographql.com", totalProductsCreated: 1337 });
  });

  it("answers fields that are shared, tagged, inaccessible or deprecated when asked itself", async () => {
    const { product } = await ofProduct("dimensions { size weight unit } notes");
    expect(product).toEqual({ dimensions: { size: "small", weight: 1, unit: "kg" }, notes: null });
    const key = 'sku: "apollo-federation-v1", package: "@apollo/federation-v1"';
    const { deprecatedProduct } = await answered(`{ deprecatedProduct(${key}) { reason } }`);
    expect(deprecatedProduct.reason).toBe("Migrate to Federation V2");
  });

  it("answers with a trace when the gateway asks for one", async () => {
    const { server } = await openProducts();
    const answer = await server.inject({
      method: "POST",
      url: "/graphql",
      headers: { "apollo-federation-include-trace": "ftv1" },
      payload: { query: "{ __typename }" },
    });
    expect(answer.json().extensions.ftv1).toMatch(/^[A-Za-z0-9+/=]+$/);
  });
});

async function openSupergraph(): Promise<string> {
  const { server, query } = await openProducts();
  const { sdl } = (await query("{ _service { sdl } }")).data._service;
  const products = { name: "products", typeDefs: parse(sdl), url: `${await server.listen()}/graphql` };
  const { supergraphSdl, errors } = composeServices([products, ...(await openNeighbours())]);
  expect(errors).toBeUndefined();
  return supergraphSdl as string;
}

describe.each(Object.entries(gateways))("the suite's supergraph through %s", (_name, openGateway) => {
  it("joins the three subgraphs in both directions", async () => {
    const ask = await openGateway(await openSupergraph());
    const query = `query ($id: ID!) {
      product(id: $id) {
        sku
        delivery(zip: "94111") { estimatedDelivery }
        createdBy { email name totalProductsCreated averageProductsCreatedPerYear }
        research { study { description } }
      }
      inventory(id: "apollo-oss") { deprecatedProducts { sku reason } }
    }`;
    const { data, errors } = await ask(query, { id: "apollo-federation" });
    expect(errors).toBeUndefined();
    expect(data.product.delivery).toEqual({ estimatedDelivery: "5/1/2019" });
    expect(data.product.createdBy).toMatchObject({ email: "support@apollographql.com", name: "Jane Smith" });
    // A gateway may take it from its owner or from the subgraph that provides it.
    expect([4, 1337]).toContain(data.product.createdBy.totalProductsCreated);
    expect(data.product.createdBy.averageProductsCreatedPerYear).toEqual(expect.any(Number));
    expect(data.product.research).toEqual([{ study: { description: "Federation Study" } }]);
    const old = { sku: "apollo-federation-v1", reason: "Migrate to Federation V2" };
    expect(data.inventory.deprecatedProducts).toEqual([old]);
  });

  it("hides what is inaccessible", async () => {
    const ask = await openGateway(await openSupergraph());
    const { errors } = await ask('{ product(id: "apollo-federation") { dimensions { unit } } }');
    expect(errors).toHaveLength(1);
  });
});
