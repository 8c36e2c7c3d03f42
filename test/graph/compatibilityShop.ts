import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type GraphQLSchema, parse } from "graphql";
import { onTestFinished } from "vitest";

/** The schema that Apollo's compatibility suite asks a subgraph library to serve, with every directive of federation 2.3. */
export const PRODUCTS_SDL = `
  extend schema
    @link(
      url: "https://specs.apollo.dev/federation/v2.3"
      import: [
        "@composeDirective" "@extends" "@external" "@inaccessible" "@interfaceObject" "@key" "@override" "@provides"
        "@requires" "@shareable" "@tag" "FieldSet"
      ]
    )
    @link(url: "https://myspecs.dev/myCustomDirective/v1.0", import: ["@custom"])
    @composeDirective(name: "@custom")

  directive @custom on OBJECT

  type Product @custom @key(fields: "id") @key(fields: "sku package") @key(fields: "sku variation { id }") {
    id: ID!
    sku: String
    package: String
    variation: ProductVariation
    dimensions: ProductDimension
    createdBy: User @provides(fields: "totalProductsCreated")
    notes: String @tag(name: "internal")
    research: [ProductResearch!]!
  }
  type DeprecatedProduct @key(fields: "sku package") {
    sku: String!
    package: String!
    reason: String
    createdBy: User
  }
  type ProductVariation { id: ID! }
  type ProductResearch @key(fields: "study { caseNumber }") { study: CaseStudy!  outcome: String }
  type CaseStudy { caseNumber: ID!  description: String }
  type ProductDimension @shareable { size: String  weight: Float  unit: String @inaccessible }
  type Inventory @interfaceObject @key(fields: "id") { id: ID!  deprecatedProducts: [DeprecatedProduct!]! }
  type User @key(fields: "email") @extends {
    averageProductsCreatedPerYear: Int @requires(fields: "totalProductsCreated yearsOfEmployment")
    email: ID! @external
    name: String @override(from: "users")
    totalProductsCreated: Int @external
    yearsOfEmployment: Int! @external
  }
  type Query {
    product(id: ID!): Product
    deprecatedProduct(sku: String!, package: String!): DeprecatedProduct @deprecated(reason: "Use product query instead")
  }
`;

const USERS_SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])
  type User @key(fields: "email") {
    email: ID!
    name: String
    totalProductsCreated: Int @shareable
    yearsOfEmployment: Int!
  }
`;

const INVENTORY_SDL = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@external", "@key", "@requires", "@shareable"])
  type Product @key(fields: "id") {
    id: ID!
    dimensions: ProductDimension @external
    delivery(zip: String): DeliveryEstimates @requires(fields: "dimensions { size weight }")
  }
  type ProductDimension @shareable { size: String  weight: Float }
  type DeliveryEstimates { estimatedDelivery: String  fastestDelivery: String }
  interface Inventory @key(fields: "id") { id: ID! }
  type Warehouse implements Inventory @key(fields: "id") { id: ID!  town: String }
  type Query { inventory(id: ID!): Inventory }
`;

const SUPPORT = { email: "support@apollographql.com", name: "Jane Smith", totalProductsCreated: 1337 };
const OLD_PRODUCT = {
  sku: "apollo-federation-v1",
  package: "@apollo/federation-v1",
  reason: "Migrate to Federation V2",
  createdBy: SUPPORT,
};
const RESEARCH = [
  { study: { caseNumber: "1234", description: "Federation Study" }, outcome: null },
  { study: { caseNumber: "1235", description: "Studio Study" }, outcome: null },
];
const common = { dimensions: { size: "small", weight: 1, unit: "kg" }, createdBy: SUPPORT, notes: null };
const PRODUCTS = [
  {
    ...common,
    id: "apollo-federation",
    sku: "federation",
    package: "@apollo/federation",
    variation: { id: "OSS" },
    research: [RESEARCH[0]],
  },
  {
    ...common,
    id: "apollo-studio",
    sku: "studio",
    package: "",
    variation: { id: "platform" },
    research: [RESEARCH[1]],
  },
];

interface Reference {
  readonly id?: string;
  readonly sku?: string;
  readonly package?: string;
  readonly variation?: { readonly id: string };
}

/** Each resolution gets objects of its own: the library writes their type onto them. */
const fresh = <T>(found: T | undefined): T | null => (found === undefined ? null : structuredClone(found));

function findProduct({ id, sku, package: pack, variation }: Reference) {
  const isMeant = (product: (typeof PRODUCTS)[number]) => {
    if (id !== undefined) return product.id === id;
    return product.sku === sku && (variation ? product.variation.id === variation.id : product.package === pack);
  };
  return fresh(PRODUCTS.find(isMeant));
}

function findOldProduct(reference: Reference) {
  return reference.sku === OLD_PRODUCT.sku && reference.package === OLD_PRODUCT.package ? fresh(OLD_PRODUCT) : null;
}

/** The suite's `products` subgraph, over the data set it expects. */
export function createProductsSchema(): GraphQLSchema {
  const resolvers = {
    Query: {
      product: (_root: unknown, args: Reference) => findProduct(args),
      deprecatedProduct: (_root: unknown, args: Reference) => findOldProduct(args),
    },
    Product: { __resolveReference: async (reference: Reference) => findProduct(reference) },
    DeprecatedProduct: { __resolveReference: async (reference: Reference) => findOldProduct(reference) },
    ProductResearch: {
      __resolveReference: async ({ study }: { study: { caseNumber: string } }) =>
        fresh(RESEARCH.find((research) => research.study.caseNumber === study.caseNumber)),
    },
    Inventory: {
      __resolveReference: async ({ id }: { id: string }) => ({ id }),
      deprecatedProducts: () => [fresh(OLD_PRODUCT)],
    },
    User: {
      __resolveReference: async (reference: object) => ({ ...SUPPORT, ...reference }),
      averageProductsCreatedPerYear: (user: { totalProductsCreated: number; yearsOfEmployment: number }) =>
        Math.round(user.totalProductsCreated / user.yearsOfEmployment),
    },
  };
  return buildSubgraphSchema([{ typeDefs: parse(PRODUCTS_SDL), resolvers }]);
}

const neighbours = {
  users: {
    sdl: USERS_SDL,
    resolvers: {
      User: {
        __resolveReference: async ({ email }: { email: string }) => ({ email, name: "another name" }),
        totalProductsCreated: () => 4,
        yearsOfEmployment: () => 10,
      },
    },
  },
  inventory: {
    sdl: INVENTORY_SDL,
    resolvers: {
      Query: { inventory: (_root: unknown, { id }: { id: string }) => ({ id, town: "Leeds" }) },
      Inventory: { __resolveType: () => "Warehouse" },
      Product: { delivery: () => ({ estimatedDelivery: "5/1/2019", fastestDelivery: "5/1/2019" }) },
    },
  },
};

/** The two subgraphs that the suite brings itself, listening; each closed when the test ends. */
export async function openNeighbours() {
  const opened = Object.entries(neighbours).map(async ([name, { sdl, resolvers }]) => {
    const typeDefs = parse(sdl);
    const schema = buildSubgraphSchema([{ typeDefs, resolvers }]);
    const apollo = new ApolloServer({
      schema,
      plugins: [ApolloServerPluginInlineTraceDisabled()],
      stopOnTerminationSignals: false,
    });
    const { url } = await startStandaloneServer(apollo, { listen: { port: 0, host: "127.0.0.1" } });
    onTestFinished(() => apollo.stop());
    return { name, typeDefs, url };
  });
  return Promise.all(opened);
}
