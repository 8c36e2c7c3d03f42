import type { ExampleQuery } from "../graph/playground.js";
import type { ExampleSubjects } from "../store/shopFacts.js";

/** Queries to begin with, on the shop's own ids; an empty shop gets those that need none. */
export function exampleQueries(subjects: ExampleSubjects): readonly ExampleQuery[] {
  return [...forProduct(subjects), ...forShopper(subjects), TRENDING];
}

const EDGES = "source edges { rank score reason node { id } because { id } }";

function forProduct({ products }: ExampleSubjects): ExampleQuery[] {
  if (products.length === 0) return [];
  const [{ productId, name }] = products;
  const fields = `similarProducts(first: 5) { ${EDGES} }\n      frequentlyBoughtTogether(first: 4) { ${EDGES} }`;
  return [{ title: `Beside ${name ?? productId}`, query: entityQuery("Product", productId, fields) }];
}

function forShopper({ userIds }: ExampleSubjects): ExampleQuery[] {
  if (userIds.length === 0) return [];
  const fields = `recommendations(first: 10) { ${EDGES} pageInfo { hasNextPage endCursor } }`;
  return [{ title: `For shopper ${userIds[0]}`, query: entityQuery("User", userIds[0], fields) }];
}

const TRENDING: ExampleQuery = {
  title: "Trending now",
  query: `query TrendingNow {\n  trendingProducts(first: 10) { ${EDGES} }\n}\n`,
};

/** What a gateway asks a subgraph: the entity by its key. Written out, so that it can be changed in place. */
function entityQuery(type: "Product" | "User", id: string, fields: string): string {
  return `query ${type}Entity {
  _entities(representations: [{ __typename: "${type}", id: ${JSON.stringify(id)} }]) {
    ... on ${type} {
      ${fields}
    }
  }
}
`;
}
