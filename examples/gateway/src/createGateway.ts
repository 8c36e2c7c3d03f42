import type { IncomingMessage } from "node:http";
import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import type { Configuration } from "./configuration.js";

/**
 * The one address that a storefront asks. A shopper's token goes on to the subgraphs, which check it themselves; headers
 * that claim an identity do not. Nothing is cached here: what is personal must not be, and what is public is cheap.
 */
export function createGateway(supergraph: string, { subgraphs, routerSecret }: Configuration) {
  const timeoutMs = new Map<string | undefined, number>(
    subgraphs.map((subgraph) => [subgraph.name, subgraph.timeoutMs]),
  );
  return createGatewayRuntime<{ req?: IncomingMessage }>({
    supergraph,
    logging: "warn",
    graphiql: false,
    landingPage: false,
    healthCheckEndpoint: "/livez",
    readinessCheckEndpoint: "/readyz",
    upstreamTimeout: ({ subgraphName }) => timeoutMs.get(subgraphName),
    propagateHeaders: {
      fromClientToSubgraphs: ({ request, subgraphName, context }) => ({
        authorization: request.headers.get("authorization"),
        "x-forwarded-for": addressesOf(request, context.req),
        ...(subgraphName === "recommendations"
          ? { "router-authorization": routerSecret }
          : { "x-admin-token": request.headers.get("x-admin-token") }),
      }),
    },
    plugins: () => [
      {
        onResponse: ({ response }: { response: Response }) => {
          if (!response.headers.has("cache-control")) response.headers.set("cache-control", "private, no-store");
        },
      },
    ],
  });
}

/** Who asks, through whom: the last address is the one that this gateway sees itself. */
function addressesOf(request: Request, incoming: IncomingMessage | undefined): string | null {
  const addresses = [request.headers.get("x-forwarded-for"), incoming?.socket.remoteAddress];
  return addresses.filter((address) => address).join(", ") || null;
}
