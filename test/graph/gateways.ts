import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { onTestFinished } from "vitest";

/** Asks a gateway; what it answers. */
// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
export type AskGateway = (query: string, variables?: object) => Promise<{ data: any; errors?: any }>;

/** Every gateway that runs from npm, each opened over a supergraph and closed when the test ends. */
export const gateways = {
  async "Hive gateway"(supergraph: string): Promise<AskGateway> {
    const gateway = createGatewayRuntime({ supergraph, logging: false });
    onTestFinished(async () => gateway[Symbol.asyncDispose]());
    return async (query: string, variables: object = {}) => {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ query, variables });
      const answer = await gateway.fetch("http://gateway.example/graphql", { method: "POST", headers, body });
      return answer.json();
    };
  },
  async "Apollo gateway"(supergraphSdl: string): Promise<AskGateway> {
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    const gateway = new ApolloGateway({ supergraphSdl, logger: silent });
    const apollo = new ApolloServer({ gateway, stopOnTerminationSignals: false, logger: silent });
    onTestFinished(() => apollo.stop());
    return async (query: string, variables: object = {}) => {
      const { body } = await apollo.executeOperation({ query, variables: { ...variables } });
      return JSON.parse(JSON.stringify(body.kind === "single" ? body.singleResult : null));
    };
  },
};
