import { buildSchema, validate } from "graphql";
import { expect, it } from "vitest";
import schema from "../../../examples/storefront/schema.graphql?raw";
import { RECORD_INTERACTIONS, recommendationDocuments } from "../src/index.js";
import { CARD } from "./graph.js";

const graph = buildSchema(schema);
const lists = Object.entries(recommendationDocuments({ product: CARD })).map(
  ([name, { document }]) => [name, document] as const,
);

it.each([...lists, ["recordInteractions", RECORD_INTERACTIONS] as const])(
  "%s is an operation of the graph that a storefront sees",
  (_name, document) => {
    expect(validate(graph, document)).toEqual([]);
  },
);

it("a shop whose graph names the signed-in shopper and a product otherwise has its own names in the documents", () => {
  const { buyAgain, similarProducts } = recommendationDocuments({
    product: CARD,
    shopperField: "viewer",
    productField: "item",
  });
  const renamed = buildSchema(schema.replace(/^ {2}me: User$/m, "  viewer: User").replace("  product(", "  item("));
  expect(validate(renamed, buyAgain.document)).toEqual([]);
  expect(validate(renamed, similarProducts.document)).toEqual([]);
});
