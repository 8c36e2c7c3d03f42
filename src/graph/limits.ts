import type { ApolloServerPlugin } from "@apollo/server";
import {
  GraphQLError,
  type GraphQLSchema,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
  type ValueNode,
  valueFromASTUntyped,
} from "graphql";
import type { GraphContext } from "./context.js";
import { refuseRequest } from "./errors.js";
import { operationFacts } from "./operationFacts.js";

/** Most entities one request may ask for, over all its `_entities` fields. */
export const MAX_REPRESENTATIONS = 1000;
/** Deepest nesting of fields; a list inside a list inside a list still fits. */
export const MAX_DEPTH = 12;
/** Most renamed fields of a document. */
export const MAX_ALIASES = 200;
/** Most words and signs of a document. */
export const MAX_TOKENS = 15_000;
/** Largest body of a GraphQL request, in bytes: 1,000 representations or events fit. */
export const MAX_BODY_BYTES = 1_048_576;
/** Largest body of `POST /interactions`, in bytes: some 30,000 events. */
export const MAX_EVENTS_BODY_BYTES = 5 * 1_048_576;

/** Refuses, before any resolver runs, what asks for too much or for the schema without the right to see it. */
export const requestLimits: ApolloServerPlugin<GraphContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, document, operation, contextValue, request }) {
        // Apollo has not looked yet whether the named operation exists; it answers that itself.
        if (operation === undefined) return;
        const facts = operationFacts(document, operation);
        if (facts.readsSchema && !contextValue.caller.canReadSchema) refuseSchema();
        if (facts.representations.length === 0) return;
        const representations = facts.representations.flatMap((value) => literal(value, operation, request.variables));
        contextValue.entityTypes = checkRepresentations(representations, entityTypesOf(schema));
      },
    };
  },
};

function entityTypesOf(schema: GraphQLSchema): readonly string[] {
  const union = schema.getType("_Entity");
  return isUnionType(union) ? union.getTypes().map((type) => type.name) : [];
}

function refuseSchema(): never {
  throw refuseRequest("FORBIDDEN", "Cannot read the schema: in production the router's secret is required", 403);
}

/** The argument as a list, whether written out, given as a variable or left to the variable's default. */
function literal(
  value: ValueNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown> = {},
): unknown[] {
  const given = valueFromASTUntyped(value, variables) ?? defaultOf(value, operation);
  return Array.isArray(given) ? given : [given];
}

function defaultOf(value: ValueNode, operation: OperationDefinitionNode): unknown {
  if (value.kind !== Kind.VARIABLE) return undefined;
  const definition = operation.variableDefinitions?.find((one) => one.variable.name.value === value.name.value);
  return definition?.defaultValue === undefined ? undefined : valueFromASTUntyped(definition.defaultValue);
}

function checkRepresentations(representations: readonly unknown[], entityTypes: readonly string[]): readonly string[] {
  if (representations.length > MAX_REPRESENTATIONS) {
    const found = `found ${representations.length}`;
    refuseEntities(`at most ${MAX_REPRESENTATIONS} representations in one request are required, ${found}`);
  }
  const types = new Set<string>();
  for (const representation of representations) types.add(typeOf(representation, entityTypes));
  return [...types].sort();
}

/** An unknown type would fail the whole list inside the library, without a word the client could use. */
function typeOf(representation: unknown, entityTypes: readonly string[]): string {
  const type = (representation as { __typename?: unknown } | null | undefined)?.__typename;
  if (typeof type === "string" && entityTypes.includes(type)) return type;
  const found = typeof type === "string" ? JSON.stringify(type.slice(0, 100)) : "none";
  return refuseEntities(`representations with __typename ${entityTypes.join(" or ")} are required, found ${found}`);
}

function refuseEntities(text: string): never {
  throw refuseRequest("BAD_USER_INPUT", `Cannot resolve entities: ${text}`, 400);
}

/** Validation rule: fields nest at most MAX_DEPTH deep. Introspection is deeper by nature and not counted. */
export const limitDepth: ValidationRule = (context) => {
  const depthOf = depthCounter(context);
  return {
    OperationDefinition(node) {
      const depth = depthOf(node.selectionSet);
      if (depth <= MAX_DEPTH) return;
      refuseDocument(context, `fields at most ${MAX_DEPTH} deep are required, found ${depth}`);
    },
  };
};

function depthCounter(context: ValidationContext): (selectionSet: SelectionSetNode) => number {
  const ofFragment = new Map<string, number>();
  const fragmentDepth = (name: string): number => {
    const known = ofFragment.get(name);
    if (known !== undefined) return known;
    // Ends a circle of fragments; another rule refuses it.
    ofFragment.set(name, 0);
    const fragment = context.getFragment(name);
    const depth = fragment ? depthOf(fragment.selectionSet) : 0;
    ofFragment.set(name, depth);
    return depth;
  };
  const depthOf = (selectionSet: SelectionSetNode): number => {
    let deepest = 0;
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) deepest = Math.max(deepest, fragmentDepth(selection.name.value));
      else if (selection.kind === Kind.INLINE_FRAGMENT) deepest = Math.max(deepest, depthOf(selection.selectionSet));
      else if (selection.name.value.startsWith("__")) continue;
      else deepest = Math.max(deepest, 1 + (selection.selectionSet ? depthOf(selection.selectionSet) : 0));
    }
    return deepest;
  };
  return depthOf;
}

/** Validation rule: at most MAX_ALIASES fields of a document are renamed. */
export const limitAliases: ValidationRule = (context) => {
  let nAliases = 0;
  return {
    Field(node) {
      if (node.alias !== undefined) nAliases++;
    },
    Document: {
      leave() {
        if (nAliases <= MAX_ALIASES) return;
        refuseDocument(context, `at most ${MAX_ALIASES} aliases are required, found ${nAliases}`);
      },
    },
  };
};

function refuseDocument(context: ValidationContext, text: string): void {
  context.reportError(new GraphQLError(`Cannot answer the query: ${text}`));
}
