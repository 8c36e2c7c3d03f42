import { ApolloClient, ApolloLink, gql, InMemoryCache, Observable, type TypedDocumentNode } from "@apollo/client";
import { ApolloProvider } from "@apollo/client/react";
import type { ReactNode } from "react";
import { createRecommendationHooks, recommendationTypePolicies } from "../src/index.js";

export interface Card {
  readonly __typename: "Product";
  readonly id: string;
  readonly name: string;
}

export const CARD: TypedDocumentNode<Card, unknown> = gql`
  fragment Card on Product {
    id
    name
  }
`;

export const hooks = createRecommendationHooks({ product: CARD });

/** What a gateway answers to one operation. */
export type Answer = { readonly data?: Record<string, unknown>; readonly errors?: readonly { message: string }[] };

/** A graph that answers by operation name and remembers what it was asked. */
export function openGraph(answers: Record<string, (variables: Record<string, unknown>) => Answer>) {
  const asked: { name: string; variables: Record<string, unknown> }[] = [];
  const link = new ApolloLink(
    ({ operationName = "", variables }) =>
      new Observable((observer) => {
        asked.push({ name: operationName, variables });
        queueMicrotask(() => {
          try {
            observer.next(answers[operationName](variables) as never);
            observer.complete();
          } catch (error) {
            observer.error(error);
          }
        });
      }),
  );
  const client = new ApolloClient({ link, cache: new InMemoryCache({ typePolicies: recommendationTypePolicies }) });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <ApolloProvider client={client}>{children}</ApolloProvider>
  );
  const timesAsked = (name: string) => asked.filter((operation) => operation.name === name).length;
  return { client, wrapper, asked, timesAsked };
}

/** A page with these products; `more` is the cursor of the page after it. */
export function page(ids: readonly string[], { more = null as string | null, because = null as string | null } = {}) {
  return {
    __typename: "RecommendationConnection",
    source: "PERSONALIZED",
    modelVersion: "1",
    listId: "list",
    pageInfo: { __typename: "PageInfo", hasNextPage: more !== null, endCursor: more },
    edges: ids.map((id, index) => ({
      __typename: "RecommendationEdge",
      cursor: `cursor-${id}`,
      rank: index + 1,
      reason: because ? "BECAUSE_YOU_BOUGHT" : "TRENDING",
      node: id === "" ? null : card(id),
      because: because ? card(because) : null,
    })),
  };
}

export function card(id: string): Card {
  return { __typename: "Product", id, name: `Product ${id}` };
}

export const shopper = (fields: Record<string, unknown>) => ({ me: { __typename: "User", id: "17850", ...fields } });

export const product = (id: string, fields: Record<string, unknown>) => ({
  product: { __typename: "Product", id, ...fields },
});
