import {
  type ConstDirectiveNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** How long an answer may be kept, and by whom; undefined says nothing yet. */
export interface CachePolicy {
  readonly maxAge: number | undefined;
  readonly scope: "PUBLIC" | "PRIVATE" | undefined;
}

interface CacheHint extends CachePolicy {
  readonly inheritMaxAge: boolean;
}

export interface PolicyOptions {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Types among the representations; selections on other entity types are not answered and do not count. */
  readonly entityTypes: readonly string[];
  /** Replaces the maxAge of every public hint. */
  readonly publicMaxAge: number;
}

const NOTHING: CachePolicy = { maxAge: undefined, scope: undefined };
const NO_HINT: CacheHint = { ...NOTHING, inheritMaxAge: false };

/**
 * The strictest of the @cacheControl hints that an operation selects: what Apollo's cache control plugin finds while it
 * resolves, found by reading the document instead. It costs nothing per field and can be kept per document.
 */
export function policyOf(options: PolicyOptions): CachePolicy {
  const root = options.schema.getRootType(options.operation.operation);
  if (!root) return { maxAge: 0, scope: undefined };
  return policyOfSelections(options.operation.selectionSet, root, options, true);
}

function policyOfSelections(
  { selections }: SelectionSetNode,
  parent: GraphQLNamedType,
  options: PolicyOptions,
  isRoot: boolean,
): CachePolicy {
  let policy = NOTHING;
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const field = isObjectType(parent) ? parent.getFields()[selection.name.value] : undefined;
      if (field === undefined) continue;
      policy = stricter(policy, policyOfField(field, options, isRoot));
      if (selection.selectionSet === undefined) continue;
      const type = getNamedType(field.type);
      policy = stricter(policy, policyOfSelections(selection.selectionSet, type, options, false));
      continue;
    }
    const part = selection.kind === Kind.FRAGMENT_SPREAD ? options.fragments.get(selection.name.value) : selection;
    const type = part?.typeCondition ? options.schema.getType(part.typeCondition.name.value) : parent;
    if (part === undefined || type === undefined || !isAnswered(parent, type, options)) continue;
    policy = stricter(policy, policyOfSelections(part.selectionSet, type, options, isRoot));
  }
  return policy;
}

function isAnswered(parent: GraphQLNamedType, type: GraphQLNamedType, { entityTypes }: PolicyOptions): boolean {
  return isObjectType(parent) || !isObjectType(type) || entityTypes.includes(type.name);
}

function policyOfField(
  field: GraphQLField<unknown, unknown>,
  { schema, entityTypes, publicMaxAge }: PolicyOptions,
  isRoot: boolean,
): CachePolicy {
  const type = getNamedType(field.type);
  const ofType = isCompositeType(type) ? hintOf(type.astNode?.directives, publicMaxAge) : NO_HINT;
  const ofField = hintOf(field.astNode?.directives, publicMaxAge);
  const maxAge = ofField.maxAge ?? ofType.maxAge;
  let policy: CachePolicy = { maxAge, scope: ofField.scope ?? ofType.scope };
  if (field.name === "_entities") policy = policyOfEntities(schema, entityTypes, publicMaxAge);
  const mayInherit = !isRoot && (!isCompositeType(type) || ofType.inheritMaxAge || ofField.inheritMaxAge);
  return policy.maxAge === undefined && !mayInherit ? { ...policy, maxAge: 0 } : policy;
}

function policyOfEntities(schema: GraphQLSchema, entityTypes: readonly string[], publicMaxAge: number): CachePolicy {
  return entityTypes
    .map((name) => hintOf((schema.getType(name) as GraphQLObjectType).astNode?.directives, publicMaxAge))
    .reduce<CachePolicy>(stricter, NOTHING);
}

function hintOf(directives: readonly ConstDirectiveNode[] | undefined, publicMaxAge: number): CacheHint {
  const directive = directives?.find((one) => one.name.value === "cacheControl");
  if (directive === undefined) return NO_HINT;
  const values = new Map(directive.arguments?.map(({ name, value }) => [name.value, value]));
  const [age, scopeValue, inherit] = [values.get("maxAge"), values.get("scope"), values.get("inheritMaxAge")];
  const scope = scopeValue?.kind === Kind.ENUM ? (scopeValue.value as CachePolicy["scope"]) : undefined;
  const written = age?.kind === Kind.INT ? Number(age.value) : undefined;
  const maxAge = written === undefined || scope === "PRIVATE" ? written : publicMaxAge;
  return { maxAge, scope, inheritMaxAge: inherit?.kind === Kind.BOOLEAN && inherit.value };
}

function stricter(a: CachePolicy, b: CachePolicy): CachePolicy {
  const maxAge = a.maxAge === undefined || (b.maxAge !== undefined && b.maxAge < a.maxAge) ? b.maxAge : a.maxAge;
  return { maxAge, scope: a.scope === "PRIVATE" ? a.scope : (b.scope ?? a.scope) };
}
