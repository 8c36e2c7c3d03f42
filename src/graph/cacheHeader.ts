import type { ApolloServerPlugin } from "@apollo/server";
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { policyOf } from "./cachePolicy.js";
import type { GraphContext } from "./context.js";
import { fragmentsOf } from "./operationFacts.js";

const NOBODY = "no-store";
const NOBODY_PRIVATE = "private, no-store";

interface KnownHeader {
  readonly publicMaxAge: number;
  readonly header: string;
}

/**
 * Sets Cache-Control from the schema's @cacheControl hints. Apollo's own plugin does it field by field and costs two
 * thirds of the requests per second; here an operation is read once and its header kept beside the parsed document.
 * At run time an error, or a list that looked at what the shopper is doing right now, forbids keeping.
 */
export function cacheHeader(): ApolloServerPlugin<GraphContext> {
  const known = new WeakMap<OperationDefinitionNode, Map<string, KnownHeader>>();
  return {
    async requestDidStart({ schema }) {
      return {
        async willSendResponse({ document, operation, contextValue, response }) {
          const { body, http } = response;
          const isWhole = body.kind === "single" && body.singleResult.errors === undefined;
          const header =
            document !== undefined && operation !== undefined && isWhole
              ? runtimeHeader(schema, document, operation, contextValue)
              : NOBODY;
          http.headers.set("cache-control", header);
        },
      };
    },
  };

  function runtimeHeader(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    { usesContext, entityTypes, publicMaxAge: maxAgeNow }: GraphContext,
  ): string {
    if (usesContext) return NOBODY_PRIVATE;
    const publicMaxAge = maxAgeNow();
    const ofOperation = known.get(operation) ?? new Map<string, KnownHeader>();
    known.set(operation, ofOperation);
    const key = entityTypes.join();
    const found = ofOperation.get(key);
    if (found !== undefined && found.publicMaxAge === publicMaxAge) return found.header;
    const fragments = fragmentsOf(document);
    const { maxAge, scope } = policyOf({ schema, operation, fragments, entityTypes, publicMaxAge });
    const header = maxAge ? `max-age=${maxAge}, ${(scope ?? "PUBLIC").toLowerCase()}` : NOBODY;
    ofOperation.set(key, { publicMaxAge, header });
    return header;
  }
}
