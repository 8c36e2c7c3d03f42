import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { composeServices as composeByGuild } from "@theguild/federation-composition";
import { parse } from "graphql";
import { expect, onTestFinished } from "vitest";
import type { RecommendationEngine } from "../../src/domain/engine.js";
import { readTypeDefs } from "../../src/graph/schema.js";
import { twoCircles } from "../worlds/shop.js";
import { CATALOG_SDL, createCatalogSchema } from "./catalogSubgraph.js";
import { openGraph } from "./openGraph.js";

/** The subgraph beside a catalogue, as a composer takes them. */
export function services(
  urls = { catalog: "http://catalog.example/graphql", recommendations: "http://here.example/graphql" },
) {
  return [
    { name: "catalog", typeDefs: parse(CATALOG_SDL), url: urls.catalog },
    { name: "recommendations", typeDefs: readTypeDefs(), url: urls.recommendations },
  ];
}

/** What a gateway is given. */
export function supergraphOf(urls?: { catalog: string; recommendations: string }): string {
  const { supergraphSdl, errors } = composeByGuild(services(urls));
  expect(errors).toBeUndefined();
  return supergraphSdl as string;
}

interface ShopOptions {
  /** Products that the catalogue does not know. */
  readonly forgotten?: readonly string[];
  /** Answers lists instead of the shop's own. */
  readonly engine?: RecommendationEngine;
}

/** The supergraph of both subgraphs, listening until the test ends. */
export async function openShop({ forgotten = [], engine }: ShopOptions = {}): Promise<string> {
  const shop = twoCircles();
  const known = shop.products.filter((product) => !forgotten.includes(product.productId));
  const catalog = new ApolloServer({ schema: createCatalogSchema(known), stopOnTerminationSignals: false });
  const { url } = await startStandaloneServer(catalog, { listen: { port: 0, host: "127.0.0.1" } });
  onTestFinished(() => catalog.stop());
  const graph = await openGraph({ engine: engine ?? (await shop.recommender()) });
  return supergraphOf({ catalog: url, recommendations: `${await graph.server.listen()}/graphql` });
}
