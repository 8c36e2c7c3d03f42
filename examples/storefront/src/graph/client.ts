import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { recommendationTypePolicies } from "@recommendation-subgraph/react";
import type { ProductsQuery } from "./generated.js";

type ProductPage = ProductsQuery["products"];

/** A client of the gateway for one caller. Another caller gets another client, so nothing of the one before is in its cache. */
export function createClient(token: string | null): ApolloClient {
  const identity = new SetContextLink(({ headers }) =>
    token === null ? { headers } : { headers: { ...headers, authorization: `Bearer ${token}` } },
  );
  return new ApolloClient({
    link: identity.concat(new HttpLink({ uri: "/graphql" })),
    cache: new InMemoryCache({
      typePolicies: {
        ...recommendationTypePolicies,
        Query: {
          fields: {
            ...recommendationTypePolicies.Query.fields,
            product: {
              read: (known, { args, toReference }) => known ?? toReference({ __typename: "Product", id: args?.id }),
            },
            products: { keyArgs: ["first", "category", "search"], merge: appendPage },
          },
        },
      },
    }),
  });
}

/** The catalogue's pages as one: the next is appended, the first begins anew. */
function appendPage(
  existing: ProductPage | undefined,
  incoming: ProductPage,
  { args }: { args: Record<string, unknown> | null },
): ProductPage {
  return args?.after && existing ? { ...incoming, nodes: [...existing.nodes, ...incoming.nodes] } : incoming;
}
