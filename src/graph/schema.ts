import { existsSync, readFileSync } from "node:fs";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type DocumentNode, type GraphQLSchema, parse } from "graphql";
import { resolvers } from "./resolvers.js";

/** The public contract as text: graphql/schema.graphql, or its copy beside the built service. */
export function readSchemaText(): string {
  const built = new URL("../graphql/schema.graphql", import.meta.url);
  const source = new URL("../../graphql/schema.graphql", import.meta.url);
  return readFileSync(existsSync(built) ? built : source, "utf8");
}

/** The public contract, parsed. */
export function readTypeDefs(): DocumentNode {
  return parse(readSchemaText());
}

/** The executable subgraph schema: the contract, its resolvers, `_entities` and `_service`. */
export function createSchema(): GraphQLSchema {
  return buildSubgraphSchema([{ typeDefs: readTypeDefs(), resolvers }]);
}
