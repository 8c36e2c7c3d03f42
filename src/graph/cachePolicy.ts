import {
  type ConstDirectiveNode,
  type FieldNode,
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
  type SelectionNode,
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

/** What one reading of a document shares. */
interface Reading extends PolicyOptions {
  /** Policies of the fragments read so far, at the root and below it: each is read once, however often it is spread. */
  readonly known: { readonly atRoot: Map<string, CachePolicy>; readonly below: Map<string, CachePolicy> };
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
  const reading = { ...options, known: { atRoot: new Map(), below: new Map() } };
  return policyOfSelections(options.operation.selectionSet, root, reading, true);
}

function policyOfSelections(
  { selections }: SelectionSetNode,
  parent: GraphQLNamedType,
  reading: Reading,
  isRoot: boolean,
): CachePolicy {
  return selections
    .map((selection) => policyOfSelection(selection, parent, reading, isRoot))
    .reduce<CachePolicy>(stricter, NOTHING);
}

function policyOfSelection(
  selection: SelectionNode,
  parent: GraphQLNamedType,
  reading: Reading,
  isRoot: boolean,
): CachePolicy {
  if (selection.kind === Kind.FIELD) return policyOfFieldNode(selection, parent, reading, isRoot);
  const part = selection.kind === Kind.FRAGMENT_SPREAD ? reading.fragments.get(selection.name.value) : selection;
  const type = part?.typeCondition ? reading.schema.getType(part.typeCondition.name.value) : parent;
  if (part === undefined || type === undefined || !isAnswered(parent, type, reading)) return NOTHING;
  if (part.kind === Kind.INLINE_FRAGMENT) return policyOfSelections(part.selectionSet, type, reading, isRoot);
  return policyOfFragment(part, type, reading, isRoot);
}

/** A fragment reads on its own type, so its policy is the same wherever it is spread. */
function policyOfFragment(
  { name, selectionSet }: FragmentDefinitionNode,
  type: GraphQLNamedType,
  reading: Reading,
  isRoot: boolean,
): CachePolicy {
  const known = isRoot ? reading.known.atRoot : reading.known.below;
  const found = known.get(name.value);
  if (found !== undefined) return found;
  const policy = policyOfSelections(selectionSet, type, reading, isRoot);
  known.set(name.value, policy);
  return policy;
}

function policyOfFieldNode(
  { name, selectionSet }: FieldNode,
  parent: GraphQLNamedType,
  reading: Reading,
  isRoot: boolean,
): CachePolicy {
  const field = isObjectType(parent) ? parent.getFields()[name.value] : undefined;
  if (field === undefined) return NOTHING;
  const policy = policyOfField(field, reading, isRoot);
  if (selectionSet === undefined) return policy;
  return stricter(policy, policyOfSelections(selectionSet, getNamedType(field.type), reading, false));
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
