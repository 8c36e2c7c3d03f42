import { buildSubgraphSchema } from "@apollo/subgraph";
import { type GraphQLSchema, parse } from "graphql";
import type { Product } from "../../src/domain/product.js";

/** The catalogue's part of the graph: it owns products and their names. */
export const CATALOG_SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
  type Query { product(id: ID!): Product  me: User }
  type Product @key(fields: "id") { id: ID!  name: String!  price: Float }
  type User @key(fields: "id") { id: ID!  email: String }
  type PageInfo @shareable { hasNextPage: Boolean!  hasPreviousPage: Boolean!  startCursor: String  endCursor: String }
`;

interface Reference {
  readonly id: string;
}

/** A catalogue of these products; one that it does not know is null, as in a real shop. */
export function createCatalogSchema(products: readonly Product[]): GraphQLSchema {
  const byId = new Map(products.map((product) => [product.productId, product]));
  const find = async ({ id }: Reference) => {
    const known = byId.get(id);
    return known === undefined ? null : { id, name: `The ${known.name}`, price: known.price };
  };
  const account = ({ id }: Reference) => ({ id, email: `${id}@example.com` });
  const resolvers = {
    Query: {
      product: (_root: unknown, reference: Reference) => find(reference),
      me: () => account({ id: "shopper-0" }),
    },
    Product: { __resolveReference: find },
    User: { __resolveReference: async (reference: Reference) => account(reference) },
  };
  return buildSubgraphSchema([{ typeDefs: parse(CATALOG_SDL), resolvers }]);
}
