import { composeServices as composeByApollo } from "@apollo/composition";
import { describe, expect, it } from "vitest";
import { gateways } from "./gateways.js";
import { openShop, services, supergraphOf } from "./openShop.js";

const PAGE_QUERY = `query ($id: ID!) {
  product(id: $id) {
    name
    similarProducts(first: 3) { source edges { rank reason node { name price } because { name } } pageInfo { hasNextPage } }
  }
  me { email recommendations(first: 1) { source nodes { name } edges { reason } } }
  trendingProducts(first: 2) { nodes { name } }
}`;

describe("the subgraph beside a catalogue", () => {
  it("composes with the Guild's composer", () => {
    expect(supergraphOf()).toContain("similarProducts(");
  });

  it("composes with Apollo's composer, without a hint but about texts and the caching scope", () => {
    const { supergraphSdl, errors, hints } = composeByApollo(services());
    expect(errors).toBeUndefined();
    expect(supergraphSdl).toContain("similarProducts(");
    const codes = new Set(hints?.map((hint) => hint.definition.code));
    for (const harmless of ["UNUSED_ENUM_TYPE", "INCONSISTENT_DESCRIPTION"]) codes.delete(harmless);
    expect([...codes]).toEqual([]);
  });
});

describe.each(Object.entries(gateways))("through %s", (_name, openGateway) => {
  it("a page has names from the catalogue and the ranking from here", async () => {
    const ask = await openGateway(await openShop());
    const { data, errors } = await ask(PAGE_QUERY, { id: "teapot" });
    expect(errors).toBeUndefined();
    expect(data.product.name).toBe("The teapot");
    const { edges, source } = data.product.similarProducts;
    expect(source).toBe("ITEM_TO_ITEM");
    // biome-ignore lint/suspicious/noExplicitAny: an answer
    expect(edges.map((edge: any) => edge.rank)).toEqual([1, 2, 3]);
    for (const edge of edges) {
      expect(["The teacup", "The saucer", "The strainer", "The sugar bowl"]).toContain(edge.node.name);
      expect(edge.because.name).toBe("The teapot");
      expect(edge.node.price).toBe(10);
    }
    expect(data.me).toEqual({
      email: "shopper-0@example.com",
      recommendations: {
        source: "PERSONALIZED",
        nodes: [{ name: "The teapot" }],
        edges: [{ reason: "BECAUSE_YOU_BOUGHT" }],
      },
    });
    expect(data.trendingProducts.nodes).toHaveLength(2);
  });

  it("a product that the catalogue has forgotten nulls its node and nothing else", async () => {
    const ask = await openGateway(await openShop({ forgotten: ["teacup"] }));
    const { data } = await ask(
      `query ($id: ID!) { product(id: $id) { name similarProducts(first: 4) { edges { rank node { id name } } } } }`,
      { id: "saucer" },
    );
    const names = data.product.similarProducts.edges.map((edge: { node: { name: string } | null }) => edge.node?.name);
    expect(names).toHaveLength(4);
    expect(names.filter((name: string | undefined) => name === undefined)).toHaveLength(1);
  });
});
